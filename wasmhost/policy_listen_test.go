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

func TestAllowListen(t *testing.T) {
	listen, listenPacket, err := AllowListen("127.0.0.1:0", "udp:localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	for addr, allowed := range map[string]bool{"127.0.0.1:0": true, "localhost:0": false, "127.0.0.1:1": false, "udp:localhost:0": false} {
		l, err := listen(t.Context(), "tcp4", addr)
		if l != nil {
			l.Close()
		}
		if allowed && err != nil || !allowed && !errors.Is(err, fs.ErrPermission) {
			t.Errorf("tcp %s: %v", addr, err)
		}
	}
	for addr, allowed := range map[string]bool{"localhost:0": true, "127.0.0.1:0": false} {
		c, err := listenPacket(t.Context(), "udp4", addr)
		if c != nil {
			c.Close()
		}
		if allowed && err != nil || !allowed && !errors.Is(err, fs.ErrPermission) {
			t.Errorf("udp %s: %v", addr, err)
		}
	}
	for _, addr := range []string{"", "127.0.0.1", "127.0.0.1:", "udp:127.0.0.1", "udp:127.0.0.1:"} {
		if _, _, err := AllowListen(addr); err == nil {
			t.Errorf("%q was taken", addr)
		}
	}
}

func TestAllowedSocketsAnswer(t *testing.T) {
	_, listen, err := AllowListen("udp:127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err := listen(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
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
