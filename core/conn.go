package core

import (
	"errors"
	"io"
	"math"
	"sync"
	"time"
)

const (
	// DefaultTimeout bounds a call that says nothing else: Kafka::IO's REQUEST_TIMEOUT.
	DefaultTimeout = 1500 * time.Millisecond
	// NoTimeout lets a call take as long as it takes.
	NoTimeout time.Duration = -1
	// DefaultMaxFrame is the largest frame, in bytes: Kafka's socket.request.max.bytes.
	DefaultMaxFrame = 100 << 20
)

// A Stream is what a transport gives the core. net.Conn satisfies it, and what is said of its
// methods there is expected of them here: Close frees a Read and a Write that wait, a deadline
// in the past does too, and their error then has a Timeout method that returns true. Setting a
// deadline fails only once the Stream is closed; what can't have deadlines can't keep a timeout.
type Stream interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// Options are what NewConn can be told.
type Options struct {
	Addr       string        // the broker's, for errors
	RemoteAddr Addr          // what Conn.RemoteAddr returns; may be nil
	Timeout    time.Duration // bound on one send and on one receive; 0 means DefaultTimeout
	MaxFrame   int           // bytes; 0 means DefaultMaxFrame, and more than an int32 can say is no limit
	Trace      *Trace        // nil: none
	// SendBuffer is how many bytes the stream takes without waiting once the peer has read all
	// that was sent before, as a socket does into its buffer. A Pipeline makes use of it. 0 means
	// that nobody knows.
	SendBuffer int
}

// An Addr is the address of a network's endpoint, as a net.Addr is.
type Addr interface {
	Network() string
	String() string
}

// mostFrame is the largest frame that the protocol can tell: its length is an int32. The header
// is taken off so that 32-bit platforms can count the whole.
const mostFrame = math.MaxInt32 - frameHeader

// A Conn is a connection to a broker. Its methods may be called by several goroutines: a send
// runs beside a receive; two sends, or two receives, run one after the other.
//
// A call's deadline is its context's if that has one, else the Timeout of Options from now. A
// timeout, a partial transfer or a broken frame closes the connection, for a byte stream can't
// be trusted after one; from then on, as after Close, every call fails with ErrNoConnection. A
// call that moved no byte because its argument was bad, its context was done before it started,
// or it still waited behind another call, leaves the connection open.
type Conn struct {
	stream  Stream
	options Options

	sending   lane
	receiving lane
	scratch   []byte // of WriteFrame
	ahead     readAhead

	mu     sync.Mutex
	why    *closedError  // nil while the connection is open
	closed chan struct{} // closed when why is set, for those who wait behind another call
}

// NewConn returns a Conn over s, which must not be nil, and which it owns from now on. A negative
// Timeout means NoTimeout.
func NewConn(s Stream, o Options) *Conn {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxFrame <= 0 {
		o.MaxFrame = DefaultMaxFrame
	}
	o.MaxFrame = min(o.MaxFrame, mostFrame)
	s = traceStream(s, o.Trace, o.MaxFrame)
	c := &Conn{stream: s, options: o, closed: make(chan struct{})}
	c.sending.init(s.SetWriteDeadline)
	c.receiving.init(s.SetReadDeadline)
	return c
}

// RemoteAddr returns the address of the broker, which a bridge may have connected to. It is nil
// where the Options told none.
func (c *Conn) RemoteAddr() Addr { return c.options.RemoteAddr }

// Close closes the connection. Calls that are blocked return at once. It may be called again,
// which does nothing.
func (c *Conn) Close() error { return c.close(nil) }

// close closes the connection because of reason, unless it is closed already.
func (c *Conn) close(reason *Error) error {
	first, err := c.closeOnce(reason)
	if t := c.options.Trace; first && t != nil {
		t.closed(reason)
	}
	return err
}

func (c *Conn) closeOnce(reason *Error) (first bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why != nil {
		return false, nil
	}
	err = c.closeStream()
	// What a closed stream says of itself is what callers of its kind test for.
	answer := c.stream.SetReadDeadline(longAgo)
	if answer == nil {
		answer = errors.New("use of a closed stream")
	}
	c.why = &closedError{reason: reason, stream: answer}
	close(c.closed)
	c.sending.close()
	c.receiving.close()
	return true, err
}

// closeGrace is how long the stream may take to close before it is hurried. TLS, for one, gives a
// peer that doesn't read seconds to take its goodbye, which no caller's timeout allows for.
const closeGrace = 5 * time.Millisecond

// closeStream closes the stream, but waits for no more than a few times closeGrace.
func (c *Conn) closeStream() error {
	closed := make(chan error, 1)
	go func() { closed <- c.stream.Close() }()
	for _, grace := range []time.Duration{closeGrace, 10 * closeGrace} {
		select {
		case err := <-closed:
			return err
		case <-time.After(grace):
			c.stream.SetWriteDeadline(longAgo)
			c.stream.SetReadDeadline(longAgo)
		}
	}
	return nil
}

// whyClosed returns why the connection is closed, or nil if it is open.
func (c *Conn) whyClosed() *closedError {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.why
}
