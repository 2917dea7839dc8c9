package core

import (
	"net/netip"
	"time"
)

// A Trace holds functions that are called when something happens to a connection, in the manner of
// net/http/httptrace. Each field may be nil.
//
// The goroutine that dials, sends or receives calls them, and waits until they return. Several may
// run at the same time. A function may close the connection, and must not use it otherwise. Don't
// change a Trace that is in use.
//
// Resolved, Connected and Secured are steps of dialling: kafkaio.Dialer calls them, NewConn doesn't.
// d is the duration of the step.
type Trace struct {
	// Resolved is called after the lookup of a name, with all addresses it has. err says why none
	// of them can be used. It is not called for a host that is an IP address, nor if a bridge or a
	// WASI guest's host looks up the name.
	Resolved func(host string, addrs []netip.Addr, d time.Duration, err error)
	// Connected is called after a connection was made or could not be made. addr is the address that
	// was connected to, also if the bridge did that; after an error, it is the "host:port" asked for.
	Connected func(addr string, d time.Duration, err error)
	// Secured is called after Dialer.Secure, which performs the TLS handshake.
	Secured func(d time.Duration, err error)
	// Bytes is called with a frame's bytes as they pass, its 4 bytes of length included. It may be
	// called several times for a frame, each time after Frame. p is valid during the call only.
	// Bytes is not called for frames that are Withheld, nor for bytes that aren't Kafka's.
	Bytes func(out bool, p []byte)
	// Frame is called for each request and response, once its header has passed. For a request
	// that is before the transport has its bytes.
	Frame func(FrameInfo)
	// Closed is called once, when an open connection ends. cause is the error that ended it, which is
	// io.EOF on a net.Conn that the peer closed. After Close, cause is nil.
	Closed func(cause error)
}

// UnknownAPI is the APIKey of a frame that is neither a known request nor a response to one.
const UnknownAPI int16 = -1

// FrameInfo describes a frame, by its header.
type FrameInfo struct {
	Out           bool          // true: the client sent it; false: the client received it
	APIKey        int16         // for a response, that of its request; or UnknownAPI
	APIVersion    int16         // for a response, that of its request
	CorrelationID int32         // 0 if unknown
	Size          int           // bytes, the 4 of the length included
	Latency       time.Duration // for a response, from its request's header to its own; otherwise 0
	// Withheld: Trace.Bytes doesn't get the frame's bytes, because they may be credentials.
	Withheld bool
	// Token: the frame may be a SASL token. After version 0 of SaslHandshake, tokens pass without a
	// header, until a response answers a request. Requests sent before that response look like
	// tokens, so only their responses name their API.
	Token bool
	// Dark, if not nil, says why no further frame can be seen: [ErrTLS], for one. It comes once, as
	// the last FrameInfo of a connection, and only Out is set beside it.
	Dark error
}

// traceStream wraps s so that t sees its bytes. It returns s itself if t asks for none.
func traceStream(s Stream, t *Trace, maxFrame int) Stream {
	if t == nil || t.Bytes == nil && t.Frame == nil {
		return s
	}
	scanner := NewScanner(t)
	scanner.maxFrame = maxFrame
	return &tracedStream{s, scanner}
}

// closed calls t.Closed. reason is nil after Close.
func (t *Trace) closed(reason *Error) {
	switch {
	case t.Closed == nil:
	case reason == nil:
		t.Closed(nil)
	default:
		t.Closed(reason)
	}
}

// A tracedStream scans the bytes of a Stream. It doesn't call Scanner.Lost after a failed Write,
// because a Conn closes then.
type tracedStream struct {
	Stream
	scanner *Scanner
}

func (s *tracedStream) Read(p []byte) (int, error) {
	n, err := s.Stream.Read(p)
	s.scanner.Received(p[:n])
	return n, err
}

func (s *tracedStream) Write(p []byte) (int, error) {
	s.scanner.Sent(p)
	return s.Stream.Write(p)
}
