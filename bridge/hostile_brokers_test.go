package bridge_test

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// memoryBroker is where brokers are that a test has in memory.
const memoryBroker = "192.0.2.1:9092"

// brokers are the network behind a bridge, in memory. They count the connections that the bridge has
// not closed.
type brokers struct {
	serve func(net.Conn)          // at the broker's end; nil: it neither reads nor sends
	wrap  func(net.Conn) net.Conn // what the bridge gets; nil: the connection itself

	running sync.WaitGroup

	mu         sync.Mutex
	open, most int
	conns      []net.Conn
}

// newBrokers returns brokers whose connections end with the test.
func newBrokers(t *testing.T, serve func(net.Conn)) *brokers {
	b := &brokers{serve: serve}
	t.Cleanup(func() {
		b.mu.Lock()
		for _, c := range b.conns {
			c.Close()
		}
		b.mu.Unlock()
		b.running.Wait()
	})
	return b
}

// dial is for bridge.Config.Dial.
func (b *brokers) dial(_ context.Context, _, _ string) (net.Conn, error) {
	atBridge, atBroker := net.Pipe()
	b.mu.Lock()
	b.conns = append(b.conns, atBridge, atBroker)
	b.open++
	b.most = max(b.most, b.open)
	b.mu.Unlock()
	if b.serve != nil {
		b.running.Go(func() {
			defer atBroker.Close()
			b.serve(atBroker)
		})
	}
	var c net.Conn = &brokerConn{Conn: atBridge, closed: sync.OnceFunc(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.open--
	})}
	if b.wrap != nil {
		c = b.wrap(c)
	}
	return c, nil
}

// counts returns how many connections are open, and how many were at most.
func (b *brokers) counts() (open, most int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open, b.most
}

// untilClosed waits until the bridge has closed all the connections that it had, and returns how long that took. It
// gives up after limit.
func (b *brokers) untilClosed(limit time.Duration) time.Duration {
	start := time.Now()
	for time.Since(start) < limit {
		if open, most := b.counts(); open == 0 && most > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return time.Since(start)
}

type brokerConn struct {
	net.Conn
	closed func()
}

func (c *brokerConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// echoes sends back what comes.
func echoes(c net.Conn) { io.Copy(c, c) }

// floods sends for ever, and reads nothing.
func floods(c net.Conn) {
	p := make([]byte, 64<<10)
	for {
		if _, err := c.Write(p); err != nil {
			return
		}
	}
}

// floodsAndReads sends for ever, and takes what comes.
func floodsAndReads(c net.Conn) {
	var reading sync.WaitGroup
	reading.Go(func() { io.Copy(io.Discard, c) })
	floods(c)
	reading.Wait()
}
