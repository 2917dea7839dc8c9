//go:build !js

package tunnel

import (
	"net"
	"sync"
)

// An eagerConn is the TCP connection under a WebSocket. A write that the kernel has no room for
// returns all the same, and its rest is written by a goroutine; the write after it waits for
// that. So whoever finds it clear can make one write without waiting, which is what lets a
// caller with a deadline write without a change of goroutine.
type eagerConn struct {
	net.Conn
	try func(p []byte) int

	mu      sync.Mutex
	clear   sync.Cond // pending is empty
	pending []byte
	err     error // of writing what was pending
}

// newEagerConn returns c itself where it can't be tried.
func newEagerConn(c net.Conn) net.Conn {
	try := tryWriter(c)
	if try == nil {
		return c
	}
	e := &eagerConn{Conn: c, try: try}
	e.clear.L = &e.mu
	return e
}

func (e *eagerConn) isClear() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.pending) == 0
}

func (e *eagerConn) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.pending) > 0 && e.err == nil {
		e.clear.Wait()
	}
	if e.err != nil {
		return 0, e.err
	}
	if n := e.try(p); n < len(p) {
		e.pending = append(e.pending[:0], p[n:]...)
		go e.flush()
	}
	return len(p), nil
}

func (e *eagerConn) flush() {
	_, err := e.Conn.Write(e.pending)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending, e.err = e.pending[:0], err
	e.clear.Broadcast()
}
