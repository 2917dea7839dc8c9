package wasmhost

import (
	"errors"
	"io/fs"
	"net"
	"testing"
)

func TestAllowListOfDatagrams(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	addr := server.LocalAddr().String()
	dial, err := AllowList("udp:"+addr, "127.0.0.1:1", "udp:1")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		network, addr string
		allowed       bool
	}{
		{"udp", addr, true},
		{"udp4", addr, true},
		{"tcp", addr, false},
		{"udp", "127.0.0.1:1", false},
		{"udp", "udp:1", false}, // a host of that name, by TCP
		{"udp", "udp:" + addr, false},
	} {
		c, err := dial(t.Context(), row.network, row.addr)
		if c != nil {
			c.Close()
		}
		if (err == nil) != row.allowed {
			t.Errorf("%s %s: %v", row.network, row.addr, err)
		}
	}
	for _, entry := range []string{"udp:", "udp::", "udp:host", "udp:host:", "udp:udp:host:1", "UDP:host:1"} {
		if _, err := AllowList(entry); err == nil {
			t.Errorf("%q was taken", entry)
		}
	}
}

func TestAllowListenPacket(t *testing.T) {
	listen, err := AllowListenPacket("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := listen(t.Context(), "udp", "127.0.0.1:1"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("another address: %v", err)
	}
	open := func() net.PacketConn {
		t.Helper()
		c, err := listen(t.Context(), "udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	server, client := open(), open().(*answering)
	client.remember(server.LocalAddr().String())
	b := make([]byte, 10)
	if _, err := server.WriteTo(b, client.LocalAddr()); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("before anything came: %v", err)
	}
	if _, err := client.WriteTo(b, server.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	_, from, err := server.ReadFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.WriteTo(b, from); err != nil {
		t.Errorf("an answer: %v", err)
	}
	for _, addr := range []string{"", "127.0.0.1", "127.0.0.1:"} {
		if _, err := AllowListenPacket(addr); err == nil {
			t.Errorf("%q was taken", addr)
		}
	}
}

func TestPeersAreBounded(t *testing.T) {
	a := answering{peers: make(map[string]bool)}
	for i := range 3 * maxPeers {
		a.remember(itoa(i))
		a.remember(itoa(i))
	}
	if len(a.peers) > maxPeers || !a.knows(itoa(2*maxPeers)) || a.knows(itoa(2*maxPeers-1)) {
		t.Errorf("%d peers are known, the oldest: %v", len(a.peers), a.knows(itoa(2*maxPeers-1)))
	}
}
