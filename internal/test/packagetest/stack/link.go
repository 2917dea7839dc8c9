package stack

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// A link is the network of one bridge: its connections with pages, which tests cut and stall, and those with
// brokers, whose bytes are counted.
type link struct {
	received atomic.Int64 // bytes from brokers

	mu    sync.Mutex
	flows chan struct{} // closed when bytes flow again; nil: they flow
	pages map[*pageConn]struct{}
}

func newLink() *link {
	return &link{pages: make(map[*pageConn]struct{})}
}

// cut breaks the connections with pages. New ones can be made.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.pages {
		c.Conn.Close()
	}
}

// stall holds back what pages and the bridge send, until flow.
func (l *link) stall() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flows == nil {
		l.flows = make(chan struct{})
	}
}

func (l *link) flow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flows != nil {
		close(l.flows)
		l.flows = nil
	}
}

// await waits until bytes flow, or the connection is closed.
func (l *link) await(closed <-chan struct{}) {
	l.mu.Lock()
	flows := l.flows
	l.mu.Unlock()
	if flows == nil {
		return
	}
	select {
	case <-flows:
	case <-closed:
	}
}

// dial connects the bridge to a broker.
func (l *link) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return brokerConn{c, l}, nil
}

type brokerConn struct {
	net.Conn
	link *link
}

func (c brokerConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.link.received.Add(int64(n))
	return n, err
}

// hijackable has the WebSocket of a request pass through the link.
func (l *link) hijackable(w http.ResponseWriter) http.ResponseWriter { return hijacker{w, l} }

type hijacker struct {
	http.ResponseWriter
	link *link
}

func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	c := &pageConn{Conn: conn, link: h.link, closed: make(chan struct{})}
	h.link.mu.Lock()
	h.link.pages[c] = struct{}{}
	h.link.mu.Unlock()
	return c, bufio.NewReadWriter(rw.Reader, bufio.NewWriter(c)), nil
}

type pageConn struct {
	net.Conn
	link   *link
	once   sync.Once
	closed chan struct{}
}

func (c *pageConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.link.await(c.closed)
	return n, err
}

func (c *pageConn) Write(b []byte) (int, error) {
	c.link.await(c.closed)
	return c.Conn.Write(b)
}

func (c *pageConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	c.link.mu.Lock()
	delete(c.link.pages, c)
	c.link.mu.Unlock()
	return c.Conn.Close()
}
