package hostile

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A Bridge confirms every upgrade and then does with the WebSocket what its test says.
type Bridge struct {
	URL      string
	Upgrades atomic.Int64 // how many WebSockets it had
}

// NewBridge runs serve for each WebSocket, and closes that when serve returns, or the test ends.
func NewBridge(t testing.TB, serve func(*Conn)) *Bridge {
	t.Helper()
	b := new(Bridge)
	b.URL = "ws://" + listen(t, func(c net.Conn) {
		defer c.Close()
		if ws, err := Accept(c); err == nil {
			b.Upgrades.Add(1)
			serve(ws)
		}
	}) + "/kafka"
	return b
}

// listen runs serve for each connection. When the test ends it closes what is open and waits for serve.
func listen(t testing.TB, serve func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var open []net.Conn
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			serving.Go(func() { serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		serving.Wait()
	})
	return l.Addr().String()
}
