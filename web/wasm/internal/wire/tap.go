package wire

import (
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
)

// A Tap sees the frames of a client's connections, and gives them to the Captures that are open. While
// there are none it copies nothing. The zero value is ready to use.
type Tap struct {
	connections atomic.Int64

	mu       sync.Mutex // for writing captures
	captures atomic.Pointer[[]*Capture]
}

// Conn wraps a connection to a broker, so that the Tap sees its frames.
func (t *Tap) Conn(c net.Conn, broker string) net.Conn {
	s := &stream{tap: t, number: int(t.connections.Add(1)), broker: broker}
	return kafkaio.TraceConn(c, &kafkaio.Trace{Frame: s.frame, Bytes: s.bytes, Closed: s.closed})
}

// open returns the Captures that are open. The slice must not be changed.
func (t *Tap) open() []*Capture {
	if p := t.captures.Load(); p != nil {
		return *p
	}
	return nil
}

func (t *Tap) add(c *Capture) {
	t.mu.Lock()
	defer t.mu.Unlock()
	captures := append(slices.Clone(t.open()), c)
	t.captures.Store(&captures)
}

func (t *Tap) remove(c *Capture) {
	t.mu.Lock()
	defer t.mu.Unlock()
	captures := slices.DeleteFunc(slices.Clone(t.open()), func(other *Capture) bool { return other == c })
	t.captures.Store(&captures)
}

// A stream is a connection. It collects a frame in each direction.
type stream struct {
	tap    *Tap
	number int
	broker string

	mu             sync.Mutex
	sent, received assembly
}

// atOnce is how much room a frame gets before its bytes have come. Its length may be a lie.
const atOnce = 64 << 10

// An assembly is a frame whose bytes are passing.
type assembly struct {
	frame    *Frame
	captures []*Capture // that get it; empty if there is no frame
	want     int        // how many bytes they take
}

func (s *stream) side(out bool) *assembly {
	if out {
		return &s.sent
	}
	return &s.received
}

// frame begins a frame.
func (s *stream) frame(info core.FrameInfo) {
	captures := s.tap.open()
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.side(info.Out)
	a.finishIf(true) // if the connection went dark inside a frame
	if len(captures) == 0 {
		return
	}
	f := Frame{
		Request: info.Out, Connection: s.number, Broker: s.broker,
		APIKey: info.APIKey, APIVersion: info.APIVersion, CorrelationID: info.CorrelationID,
		Size: info.Size, At: time.Now(), Latency: info.Latency, Redacted: redaction(info), Dark: info.Dark,
	}
	if info.Dark != nil {
		f.APIKey = core.UnknownAPI
	}
	for _, c := range captures {
		if c.reserve(&f) {
			a.captures = append(a.captures, c)
			a.want = max(a.want, c.wants(&f))
		}
	}
	if len(a.captures) == 0 {
		return
	}
	if f.Redacted == "" {
		f.Bytes = make([]byte, 0, min(a.want, atOnce))
	}
	a.frame = new(f)
	a.finishIf(a.want == 0)
}

// bytes adds what passes to the frame that began.
func (s *stream) bytes(out bool, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.side(out)
	if len(a.captures) == 0 {
		return
	}
	a.frame.Bytes = append(a.frame.Bytes, p[:min(len(p), a.want-len(a.frame.Bytes))]...)
	a.finishIf(len(a.frame.Bytes) == a.want)
}

// closed gives away the frames that the connection's end cut short.
func (s *stream) closed(error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent.finishIf(true)
	s.received.finishIf(true)
}

// finishIf gives the frame to the Captures if it is complete.
func (a *assembly) finishIf(complete bool) {
	if !complete {
		return
	}
	for _, c := range a.captures {
		c.put(a.frame)
	}
	clear(a.captures)
	*a = assembly{captures: a.captures[:0]}
}
