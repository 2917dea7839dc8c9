package tunnel

// Socket is a WebSocket as a session needs it: whole binary messages, in order.
// There are two: coder/websocket's, and the browser's own.
type Socket interface {
	// Read returns the next message, which is then the caller's. It is called by one goroutine.
	// Once every message that came was returned it returns the peer's close, or what broke the
	// connection, always as a *CloseError.
	Read() (*buffer, error)
	// Write sends one message. It is called by one goroutine at a time, and keeps nothing of p.
	Write(p []byte) error
	// WritesAtOnce reports whether Write would return without waiting for a message of n bytes,
	// provided nobody writes meanwhile.
	WritesAtOnce(n int) bool
	// Close starts the close handshake and returns without waiting for it.
	Close(code Code, reason string)
}
