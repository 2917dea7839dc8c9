package guest_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

func dialUDP(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := guest.Dial(t.Context(), "udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func listenPacket(t *testing.T) net.PacketConn {
	t.Helper()
	c, err := guest.ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestDatagramsKeepTheirBoundaries(t *testing.T) {
	c := dialUDP(t, "echo:1")
	b := make([]byte, 64<<10)
	for _, size := range []int{0, 1, 1472, 9000, 0} { // macOS sends up to 9216
		sent := pattern.At(int64(size), size)
		if n, err := c.Write(sent); n != size || err != nil {
			t.Fatalf("Write is (%d, %v)", n, err)
		}
		if n, err := c.Read(b); err != nil || !bytes.Equal(b[:n], sent) {
			t.Fatalf("Read is (%d, %v), want %d bytes", n, err, size)
		}
	}
	c.Write([]byte("first"))
	c.Write([]byte("second"))
	for _, want := range []string{"fir", "sec"} {
		if n, err := c.Read(b[:3]); err != nil || string(b[:n]) != want {
			t.Errorf("a short Read is (%q, %v), want %q", b[:n], err, want)
		}
	}
	if n, err := c.Write(b); n != 0 || !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("a Write of 64 KiB is (%d, %v)", n, err)
	}
	c.Write([]byte("third"))
	if n, err := c.Read(b); err != nil || string(b[:n]) != "third" {
		t.Errorf("after that, Read is (%q, %v)", b[:n], err)
	}
}

func TestListenPacketTellsAddresses(t *testing.T) {
	server, client := listenPacket(t), listenPacket(t)
	b := make([]byte, 9000)
	for _, text := range []string{"", "question", "two\nlines\n", strings.Repeat("x", 9000)} {
		if n, err := client.WriteTo([]byte(text), server.LocalAddr()); n != len(text) || err != nil {
			t.Fatalf("WriteTo is (%d, %v)", n, err)
		}
		n, from, err := server.ReadFrom(b)
		if addr, ok := from.(*net.UDPAddr); err != nil || string(b[:n]) != text || !ok || addr.String() != client.LocalAddr().String() {
			t.Fatalf("ReadFrom is (%q, %v, %v), want %q from %v", b[:n], from, err, text, client.LocalAddr())
		}
	}
	connected := dialUDP(t, server.LocalAddr().String())
	connected.Write([]byte("hello"))
	n, from, err := server.ReadFrom(b)
	if err != nil || string(b[:n]) != "hello" || from.String() != connected.LocalAddr().String() {
		t.Fatalf("ReadFrom is (%q, %v, %v)", b[:n], from, err)
	}
	server.WriteTo([]byte("hi"), from)
	n, from, err = connected.(net.PacketConn).ReadFrom(b)
	if err != nil || string(b[:n]) != "hi" || from.String() != server.LocalAddr().String() || connected.RemoteAddr() != from {
		t.Errorf("the connection's ReadFrom is (%q, %v, %v)", b[:n], from, err)
	}
}

func TestWritesThatADatagramSocketCantDo(t *testing.T) {
	server := listenPacket(t)
	connected := dialUDP(t, "echo:1").(net.PacketConn)
	if _, err := connected.WriteTo(nil, server.LocalAddr()); !errors.Is(err, net.ErrWriteToConnected) {
		t.Errorf("WriteTo of a connection: %v", err)
	}
	if _, err := server.WriteTo(nil, nil); !errors.Is(err, syscall.EDESTADDRREQ) {
		t.Errorf("WriteTo without an address: %v", err)
	}
	if _, err := server.(net.Conn).Write(nil); !errors.Is(err, syscall.EDESTADDRREQ) {
		t.Errorf("Write without an address: %v", err)
	}
	for range 2 {
		_, err := server.WriteTo(nil, &net.UnixAddr{Name: "localhost:1", Net: "unixgram"})
		if !errors.Is(err, syscall.EINVAL) || !strings.Contains(err.Error(), "an IP address and a port were expected") {
			t.Errorf("WriteTo a name: %v", err)
		}
	}
	if _, err := server.WriteTo(nil, server.LocalAddr()); err != nil {
		t.Errorf("after these: %v", err)
	}
}

func TestDeadlineAndCloseFreeReadFrom(t *testing.T) {
	c := listenPacket(t)
	b := make([]byte, 10)
	for _, deadline := range []time.Time{time.Unix(1, 0), time.Now().Add(20 * time.Millisecond)} {
		c.SetReadDeadline(deadline)
		_, _, err := c.ReadFrom(b)
		var netErr net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &netErr) || !netErr.Timeout() {
			t.Fatalf("past its deadline: %v", err)
		}
	}
	c.SetDeadline(time.Time{})
	freed := make(chan error)
	go func() {
		_, _, err := c.ReadFrom(b)
		freed <- err
	}()
	roundTrip(t, dial(t, "echo:1"), "the other goroutine reads by now")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-freed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close frees ReadFrom with %v", err)
	}
	if _, err := c.WriteTo(b, c.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("WriteTo after Close: %v", err)
	}
	if err := c.SetDeadline(time.Now()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SetDeadline after Close: %v", err)
	}
}

func TestCloseFreesAccept(t *testing.T) {
	l, err := guest.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	freed := make(chan error)
	go func() {
		_, err := l.Accept()
		freed <- err
	}()
	roundTrip(t, dial(t, "echo:1"), "the other goroutine accepts by now")
	l.Close()
	if err := <-freed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close frees Accept with %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
}

// Package net's resolver asks by UDP, on a connection that has to be a net.PacketConn.
func TestNamesAreResolvedByUDP(t *testing.T) {
	r := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return guest.Dial(ctx, network, "dns:53")
	}}
	if addrs, err := r.LookupHost(t.Context(), "broker.example"); err != nil || !slices.Equal(addrs, []string{"192.0.2.9"}) {
		t.Errorf("got %q, %v", addrs, err)
	}
	_, err := r.LookupHost(t.Context(), "nowhere.example")
	var dns *net.DNSError
	if !errors.As(err, &dns) || !dns.IsNotFound {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestListenPacketErrors(t *testing.T) {
	for network, want := range map[string]string{"tcp": "unknown network tcp", "ip": "unknown network ip", "udp6": "denied"} {
		if c, err := guest.ListenPacket(t.Context(), network, "[::1]:0"); c != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", network, err)
		}
	}
	if _, err := guest.ListenPacket(canceled(), "udp", "127.0.0.1:0"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
