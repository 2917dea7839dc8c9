// Package testnet has the servers that tests connect to, on loopback.
package testnet

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Serve accepts connections, runs serve on each in a goroutine of its own, and closes it then. When
// the test ends it accepts no more, closes the connections that are left, and the test waits for serve.
func Serve(t testing.TB, serve func(net.Conn)) (addr string) {
	t.Helper()
	return Accept(t, func(c net.Conn) {
		defer c.Close()
		serve(c)
	})
}

// Accept is Serve for connections that outlast handle.
func Accept(t testing.TB, handle func(net.Conn)) (addr string) {
	t.Helper()
	l := Listen(t)
	var conns []net.Conn
	var accepting, handling sync.WaitGroup
	accepting.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns = append(conns, c)
			handling.Go(func() { handle(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		accepting.Wait()
		for _, c := range conns {
			c.Close()
		}
		handling.Wait()
	})
	return l.Addr().String()
}

// Listen returns a listener that is closed when the test ends. The system accepts connections to it,
// which stay silent until somebody takes them.
func Listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// Dial returns a connection that is closed when the test ends.
func Dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

// ClosedPort returns an address that refuses connections until the test ends: it is the near end of
// a connection, so that nobody else can start to listen there.
func ClosedPort(t testing.TB) (addr string) {
	t.Helper()
	return Dial(t, Listen(t).Addr().String()).LocalAddr().String()
}

// Echo sends back what comes.
func Echo(c net.Conn) { io.Copy(struct{ io.Writer }{c}, c) }

// Discard takes what comes, and says nothing.
func Discard(c net.Conn) { io.Copy(io.Discard, c) }

// Says returns a server that answers its client's first byte with the text, and nothing else.
func Says(text string) func(net.Conn) {
	return func(c net.Conn) {
		c.Read(make([]byte, 1))
		io.WriteString(c, text)
		io.Copy(io.Discard, c)
	}
}
