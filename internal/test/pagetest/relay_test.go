package pagetest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// A relay is the network between a page and its bridge, at an address that stays. It ends with
// the test.
type relay struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	broken  bool
	conns   map[net.Conn]struct{}
	running sync.WaitGroup
}

func newRelay(t *testing.T, target string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: l, target: target, conns: make(map[net.Conn]struct{})}
	r.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.running.Go(func() { r.pass(conn) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		r.breakOff()
		r.running.Wait()
	})
	return r
}

// pass carries bytes both ways until either side ends or the relay breaks.
func (r *relay) pass(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", r.target)
	if err != nil || !r.enter(in, out) {
		return
	}
	defer r.leave(in, out)
	r.running.Go(func() {
		io.Copy(out, in)
		out.Close()
	})
	io.Copy(in, out)
}

func (r *relay) enter(in, out net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		out.Close()
		return false
	}
	r.conns[in], r.conns[out] = struct{}{}, struct{}{}
	return true
}

func (r *relay) leave(in, out net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, in)
	delete(r.conns, out)
}

// breakOff ends all connections, and new ones at once.
func (r *relay) breakOff() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = true
	for conn := range r.conns {
		conn.Close()
	}
}

// mend lets new connections pass.
func (r *relay) mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = false
}
