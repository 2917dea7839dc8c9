package ping

import (
	"bytes"
	"net"
	"sync"
)

// A peekedConn keeps the first bytes received on a connection: they tell what the peer is if it isn't
// Kafka.
type peekedConn struct {
	net.Conn

	mu   sync.Mutex
	kept []byte
}

// peekSize is enough for the first line of most protocols, in bytes.
const peekSize = 80

// Read implements net.Conn.
func (c *peekedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(c.kept, p[:min(n, peekSize-len(c.kept))]...)
	return n, err
}

func (c *peekedConn) bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.kept)
}

// isHTTP reports whether an answer begins like an HTTP server's.
func isHTTP(answer []byte) bool { return bytes.HasPrefix(answer, []byte("HTTP/")) }

// isTLS reports whether an answer begins like a TLS record (RFC 8446 section 5.1): an alert,
// or a part of a handshake, of version 3.x.
func isTLS(answer []byte) bool {
	return len(answer) > 1 && (answer[0] == 0x15 || answer[0] == 0x16) && answer[1] == 3
}

// firstLine returns the line that an answer begins with, if it is text. A frame of Kafka never is:
// the first byte of its length is a small number.
func firstLine(answer []byte) (line string, ok bool) {
	first, _, _ := bytes.Cut(answer, []byte("\n"))
	first = bytes.TrimSuffix(first, []byte("\r"))
	for _, c := range first {
		if c < ' ' || c > '~' {
			return "", false
		}
	}
	return string(first), len(first) > 0
}
