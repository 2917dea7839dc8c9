package hostile

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// A Link is a network path: it forwards the bytes of its connections at a limited rate, until it dies.
// It works over TCP, and over net.Pipe in a bubble of testing/synctest.
type Link struct {
	rate    int           // bytes per second in each direction; 0: no limit
	done    chan struct{} // closed when the test ends
	running sync.WaitGroup

	mu    sync.Mutex
	dead  chan struct{} // closed when the connections of now die
	conns []net.Conn
}

const (
	linkPacket = 1 << 10
	linkQueue  = 64 // packets that wait for the rate, or that vanish when the link is dead
)

// NewLink returns a link that ends with the test.
func NewLink(t testing.TB, bytesPerSecond int) *Link {
	l := &Link{rate: bytesPerSecond, done: make(chan struct{}), dead: make(chan struct{})}
	t.Cleanup(func() {
		close(l.done)
		l.mu.Lock()
		for _, c := range l.conns {
			c.Close()
		}
		l.mu.Unlock()
		l.running.Wait()
	})
	return l
}

// Die stops the connections that the link has, without a close or a reset. Later ones work.
func (l *Link) Die() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.dead)
	l.dead = make(chan struct{})
}

// Join forwards bytes between a and b, both of which it owns.
func (l *Link) Join(a, b net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, a, b)
	l.forward(a, b)
	l.forward(b, a)
}

// Pipe returns the two ends of a connection in memory.
func (l *Link) Pipe() (near, far net.Conn) {
	near, a := net.Pipe()
	far, b := net.Pipe()
	l.Join(a, b)
	return near, far
}

// Listen returns a TCP address whose connections lead to the address to.
func (l *Link) Listen(t testing.TB, to string) (addr string) {
	t.Helper()
	return testnet.Accept(t, func(c net.Conn) {
		b, err := net.Dial("tcp", to)
		if err != nil {
			c.Close()
			return
		}
		l.Join(c, b)
	})
}

// forward is called with the lock held.
func (l *Link) forward(to, from net.Conn) {
	dead := l.dead
	queue := make(chan []byte, linkQueue)
	l.running.Go(func() {
		defer close(queue)
		for {
			p := make([]byte, linkPacket)
			n, err := from.Read(p)
			if err != nil {
				return
			}
			select {
			case queue <- p[:n]:
			case <-l.done:
				return
			}
		}
	})
	l.running.Go(func() {
		for p := range queue {
			if l.rate > 0 {
				time.Sleep(time.Second * time.Duration(len(p)) / time.Duration(l.rate))
			}
			select {
			case <-dead:
				return // what is queued, and the close, never arrive
			default:
			}
			if _, err := to.Write(p); err != nil {
				from.Close()
			}
		}
		select {
		case <-dead:
		default:
			to.Close()
		}
	})
}
