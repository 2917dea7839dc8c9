package core

import (
	"net/netip"
	"time"
)

// A Trace is told what happens to a connection, in the manner of net/http/httptrace: every field
// is optional. A function is called by the goroutine that dials, sends or receives, which waits
// for it, and several may be called at the same time. It may close the connection, and must not
// use it otherwise. A Trace is not to be changed once it is in use.
//
// Resolved, Connected and Secured are steps of dialling, and so are told by a dialer.
type Trace struct {
	// Resolved is told of a name that was looked up: the addresses it has, how long that took,
	// and why none of them can be used. A host that is an address isn't looked up. Where
	// somebody else looks up names, a bridge or the host of a WASI guest, nobody is told.
	Resolved func(host string, addrs []netip.Addr, d time.Duration, err error)
	// Connected is told of the address that was connected to, by the bridge where there is one,
	// or why there is no connection; addr is then "host:port" as it was asked for.
	Connected func(addr string, d time.Duration, err error)
	// Secured is told of the handshake of TLS, or of what else secures the connection.
	Secured func(d time.Duration, err error)
	// Bytes is told the bytes of frames as they pass, right after Frame was told of the frame; a
	// frame may come in several pieces. p is valid during the call. It isn't told the bytes of
	// frames that are Withheld, nor of what is no Kafka.
	Bytes func(out bool, p []byte)
	// Frame is told of each request and response once its header has passed, before its bytes
	// are told. A request is told of when it is handed to the transport.
	Frame func(FrameInfo)
	// Closed is told once that an open connection has ended: what broke it, io.EOF from a
	// net.Conn whose peer closed it, or nil after Close.
	Closed func(cause error)
}

// UnknownAPI is the APIKey of a frame that can't be told to be a request or a response to one.
const UnknownAPI int16 = -1

// FrameInfo is what a frame's header tells.
type FrameInfo struct {
	Out           bool          // sent, by whoever connected; else received
	APIKey        int16         // of a response: that of its request; or UnknownAPI
	APIVersion    int16         // of a response: that of its request
	CorrelationID int32         // 0 where it isn't known
	Size          int           // in bytes, with the 4 of its length
	Latency       time.Duration // of a response: from the header of its request to its own
	// Withheld says that the frame's bytes are not for Bytes to see: it carries, or may carry,
	// credentials, or nobody knows what it is.
	Withheld bool
	// Token says that the frame came after version 0 of SaslHandshake, where SASL tokens pass
	// without a header: it may be one. It ends with the first response that answers a request,
	// so the requests before that are only told of by their responses.
	Token bool
	// Dark, if set, is why no more frames can be seen from here on; no other field but Out is
	// set then. It is told once.
	Dark error
}

// traceStream returns s, so that t is told what passes through it.
func traceStream(s Stream, t *Trace, maxFrame int) Stream {
	if t == nil || t.Bytes == nil && t.Frame == nil {
		return s
	}
	scanner := NewScanner(t)
	scanner.maxFrame = maxFrame
	return &tracedStream{s, scanner}
}

// closed tells of the end of a Conn; reason is nil where that was Close.
func (t *Trace) closed(reason *Error) {
	switch {
	case t.Closed == nil:
	case reason == nil:
		t.Closed(nil)
	default:
		t.Closed(reason)
	}
}

// A tracedStream is for a Conn, which closes after a Write that failed.
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
