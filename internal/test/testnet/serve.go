// Package testnet has the servers that tests connect to, on loopback.
package testnet

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Serve accepts connections, runs serve on each in a goroutine of its own, and closes it then. When
// the test ends it accepts no more, and the test waits for those that still run.
func Serve(t testing.TB, serve func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				serve(c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return l.Addr().String()
}

// Echo sends back what comes.
func Echo(c net.Conn) { io.Copy(struct{ io.Writer }{c}, c) }

// Says returns a server that answers its client's first byte with the text, and nothing else.
func Says(text string) func(net.Conn) {
	return func(c net.Conn) {
		c.Read(make([]byte, 1))
		io.WriteString(c, text)
		io.Copy(io.Discard, c)
	}
}
