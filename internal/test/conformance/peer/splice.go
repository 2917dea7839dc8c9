package peer

import (
	"io"
	"net"
	"os"
	"sync"
)

// A splice is two connections that are each other's other end.
type splice struct {
	once   sync.Once
	second chan net.Conn // from the second connection to the first
	done   *gate         // opened when the pipe is of no more use
}

func newSplice() *splice {
	return &splice{second: make(chan net.Conn), done: newGate()}
}

func (c *script) splice(args []string) error {
	p := named(c.server, c.server.splices, args[0], newSplice)
	first := false
	p.once.Do(func() { first = true })
	if !first {
		select {
		case p.second <- c.conn:
		case <-c.server.done:
			return os.ErrClosed
		}
		return c.server.wait(p.done)
	}
	defer p.done.open()
	select {
	case second := <-p.second:
		return join(c.conn, second)
	case <-c.server.done:
		return os.ErrClosed
	}
}

// join copies both ways until both ends have closed. What one sent before it closed reaches the
// other.
func join(a, b net.Conn) error {
	var back sync.WaitGroup
	back.Go(func() { forward(a, b) })
	err := forward(b, a)
	back.Wait()
	return err
}

func forward(to, from net.Conn) error {
	_, err := io.Copy(to, from)
	if tcp, ok := to.(*net.TCPConn); ok {
		tcp.CloseWrite()
	} else {
		to.Close()
	}
	if tcp, ok := from.(*net.TCPConn); ok {
		tcp.CloseRead()
	} else {
		from.Close()
	}
	return err
}
