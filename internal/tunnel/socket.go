package tunnel

import (
	"context"
	"net"
)

// A DialFunc has the shape of net.Dialer.DialContext.
type DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// A SecureFunc puts TLS on a connection to a host.
type SecureFunc = func(ctx context.Context, c net.Conn, host string) (net.Conn, error)

// Socket is a WebSocket as a session needs it: whole binary messages, in order.
// There are two: coder/websocket's, and the browser's own.
type Socket interface {
	// Read returns the next message, which is then the caller's. It is called by one goroutine.
	// Once every message that came was returned it returns the peer's close, or what broke the
	// connection, always as a *CloseError. What it holds of a message while the rest is awaited is
	// charged to sh.
	Read(sh *share) (*buffer, error)
	// TryWrite sends b as far as that needs no waiting and reports whether all of it has gone. If
	// not, Write has to send the rest before anything else is written. One goroutine at a time
	// calls TryWrite and Write. What b holds is changed.
	TryWrite(b *buffer) (sent bool, err error)
	// Write sends b, or the rest of it, and waits as long as that takes.
	Write(b *buffer) error
	// Moved returns how many bytes have come from the peer, and how many the network has taken.
	Moved() (received, sent int64)
	// Close starts the close handshake and returns without waiting for it.
	Close(code Code, reason string)
}

// A pinger is a Socket that sends pings, and leaves the pings that come to its session. A browser
// answers those that come, and lets no page send one.
type pinger interface {
	// onPing has f called with each ping's payload, by the goroutine that reads.
	onPing(f func(payload []byte))
}

// opcode is that of a WebSocket frame (RFC 6455 section 5.2).
type opcode byte

const (
	opBinary opcode = 2
	opPing   opcode = 9
	opPong   opcode = 10
)

// newControlFrame returns a ping or pong with a payload of at most 125 bytes.
func newControlFrame(op opcode, payload []byte) *buffer {
	b := newMessage(payload)
	b.opcode = op
	return b
}
