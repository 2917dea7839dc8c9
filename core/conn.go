package core

import (
	"errors"
	"io"
	"math"
	"sync"
	"time"
)

const (
	// DefaultTimeout bounds one send and one receive if Options.Timeout is 0. It is the
	// REQUEST_TIMEOUT of Perl's Kafka::IO.
	DefaultTimeout = 1500 * time.Millisecond
	// NoTimeout as a timeout means no limit.
	NoTimeout time.Duration = -1
	// DefaultMaxFrame is the size limit of a frame, in bytes, if Options.MaxFrame is 0. It is the
	// default of Kafka's socket.request.max.bytes.
	DefaultMaxFrame = 100 << 20
)

// A Stream is the transport under a Conn. Every net.Conn is one, and a Stream's methods must keep
// net.Conn's contract: Close unblocks a waiting Read and Write; so does a deadline in the past, and
// their error then has a Timeout method that returns true. Setting a deadline may fail only once the
// Stream is closed: without deadlines a Conn could not keep its timeouts.
type Stream interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// Options configure a Conn. The zero value is ready to use.
type Options struct {
	Addr       string        // the broker's address, for errors
	RemoteAddr Addr          // the result of Conn.RemoteAddr; may be nil
	Timeout    time.Duration // bounds one send and one receive; 0 means DefaultTimeout, NoTimeout none
	MaxFrame   int           // bytes; 0 means DefaultMaxFrame. An int32 carries a frame's length, so more than 2 GiB is no limit
	Trace      *Trace        // nil: none
	// SendBuffer is how many bytes the stream accepts without blocking while the peer has nothing
	// left to read. For a socket it is the size of the kernel's buffer. 0 means unknown. A Pipeline
	// writes requests that fit from the caller's goroutine, which saves a switch.
	SendBuffer int
}

// An Addr is the address of an endpoint. It has the methods of net.Addr, which this package can't import.
type Addr interface {
	Network() string
	String() string
}

// mostFrame is the largest MaxFrame, in bytes. Kafka's length is an int32; the header's 4 bytes are
// subtracted so that an int holds the sum on 32-bit platforms.
const mostFrame = math.MaxInt32 - frameHeader

// A Conn is a connection to a broker. Several goroutines may use it: a send runs beside a receive;
// two sends run one after the other, and so do two receives.
//
// A call's deadline is that of its context. If the context has none, it is Options.Timeout after the
// start of the call.
//
// A timeout, a partial transfer or a broken frame closes the connection, because the position in
// the byte stream is lost. From then on, as after Close, every call fails with [ErrNoConnection].
// Three failures leave the connection open, because no byte was moved: a bad argument, a context
// that ended before the call started, and one that ended while the call waited behind another.
//
// The errors of its methods are *[Error].
type Conn struct {
	stream  Stream
	options Options

	sending   lane
	receiving lane
	scratch   []byte // of WriteFrame
	ahead     readAhead

	mu     sync.Mutex
	why    *closedError  // nil while the connection is open
	closed chan struct{} // closed when why is set
}

// NewConn returns a Conn over s and owns s from now on: only the Conn may use or close it. s must
// not be nil. Any negative Options.Timeout means NoTimeout.
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

// RemoteAddr returns Options.RemoteAddr. On a Conn from a kafkaio.Dialer it is the broker's address,
// also if a bridge connected to it. It may be nil.
func (c *Conn) RemoteAddr() Addr { return c.options.RemoteAddr }

// Close closes the connection. Blocked calls return at once, with [ErrNoConnection]. A second Close
// does nothing and returns nil. Close returns within about 60 ms, even if the stream's own Close
// takes longer.
func (c *Conn) Close() error { return c.close(nil) }

// close closes the connection and records the reason. It does nothing if the connection is closed.
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
	// Callers test for the error that this kind of stream returns once closed: net.ErrClosed, say.
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

// closeGrace is how long the stream may take to close before deadlines in the past interrupt it.
// crypto/tls waits up to 5 s for a peer to take its close_notify alert.
const closeGrace = 5 * time.Millisecond

// closeStream closes the stream. It returns after at most 11 times closeGrace; a Close that still
// blocks goes on in its own goroutine.
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
