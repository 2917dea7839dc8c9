package kafkaio

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkaio/kafkaio/core"
)

// Trace holds functions that are called when something happens to a connection.
type Trace = core.Trace

// FrameInfo describes a frame to a Trace.
type FrameInfo = core.FrameInfo

// connecting calls connect, and then the trace's Connected.
func (p plan) connecting(connect func() (net.Conn, error)) (net.Conn, error) {
	if p.trace == nil || p.trace.Connected == nil {
		return connect()
	}
	started := time.Now()
	c, err := connect()
	addr := p.target
	if err == nil && c.RemoteAddr() != nil {
		addr = c.RemoteAddr().String()
	}
	p.trace.Connected(addr, time.Since(started), err)
	return c, err
}

// TraceConn wraps c so that t sees its bytes and its close. It returns c itself if t asks for neither.
//
// A Dialer's Trace sees all its connections, and can't tell them apart. Call TraceConn on what
// [Dialer.DialContext] returns to give each one a Trace of its own.
func TraceConn(c net.Conn, t *Trace) net.Conn {
	if t == nil || t.Bytes == nil && t.Frame == nil && t.Closed == nil {
		return c
	}
	return &tracedConn{Conn: c, trace: t, scanner: core.NewScanner(t)}
}

// A tracedConn scans a connection's bytes. It has a lock for each direction, so that the trace sees the
// bytes in order. After the connection's end, the trace sees nothing.
type tracedConn struct {
	net.Conn
	trace            *Trace
	scanner          *core.Scanner
	reading, writing sync.Mutex
	ended            atomic.Bool
}

func (c *tracedConn) Read(p []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	n, err := c.Conn.Read(p)
	if !c.ended.Load() {
		c.scanner.Received(p[:n])
	}
	if err != nil && !isTimeout(err) && c.end() {
		c.tellClosed(err)
	}
	return n, err
}

// Write calls the scanner before the connection's Write: the response may arrive before that returns.
func (c *tracedConn) Write(p []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if !c.ended.Load() {
		c.scanner.Sent(p)
	}
	n, err := c.Conn.Write(p)
	switch {
	case err != nil && !isTimeout(err):
		if c.end() {
			c.tellClosed(err)
		}
	case n < len(p):
		c.scanner.Lost(fmt.Errorf("%d of %d bytes were written", n, len(p)))
	}
	return n, err
}

func (c *tracedConn) Close() error {
	first := c.end()
	err := c.Conn.Close()
	if first {
		c.tellClosed(nil)
	}
	return err
}

// end marks the connection as ended, and reports true the first time.
func (c *tracedConn) end() bool { return c.ended.CompareAndSwap(false, true) }

func (c *tracedConn) tellClosed(cause error) {
	if c.trace.Closed != nil {
		c.trace.Closed(cause)
	}
}
