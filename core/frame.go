package core

import (
	"context"
	"encoding/binary"
	"fmt"
)

// frameHeader is the length before a frame, in bytes.
const frameHeader = 4

// ReadFrame receives the next frame and returns its payload, without the 4 bytes of its length. It
// stores the payload in buf and overwrites what is there; if buf is too small, it allocates as bytes
// arrive. buf may be nil.
//
// A length below 1 or over Options.MaxFrame is an [ErrCannotReceive] that closes the connection. If
// the bytes look like HTTP or TLS, the error says so.
func (c *Conn) ReadFrame(ctx context.Context, buf []byte) ([]byte, error) {
	k := c.newReceive(ctx, frameHeader)
	if err := k.begin(); err != nil {
		return nil, err
	}
	defer k.end()
	if err := c.ahead.need(c.stream, frameHeader); err != nil {
		return nil, k.failed(c.ahead.size(), err)
	}
	header := [frameHeader]byte(c.ahead.unread())
	c.ahead.r += frameHeader
	n := int(int32(binary.BigEndian.Uint32(header[:])))
	if err := checkLength(header, n, c.options.MaxFrame); err != nil {
		k.want = 0
		return nil, k.failed(frameHeader, err)
	}
	k.want = frameHeader + n
	payload, got, err := c.fill(c.stream, buf, 0, n)
	if err != nil {
		return nil, k.failed(frameHeader+got, err)
	}
	return payload, nil
}

// checkLength returns nil if n, the length in header, is that of a frame. Otherwise its error names
// the protocol that the bytes belong to, or the limit.
func checkLength(header [frameHeader]byte, n, limit int) error {
	switch {
	case n > 0 && n <= limit:
		return nil
	case string(header[:]) == "HTTP":
		return fmt.Errorf("this is an HTTP server, not a Kafka broker: its answer starts with %q", header)
	case (header[0] == tlsAlert || header[0] == tlsHandshake) && header[1] == tlsMajorVersion:
		return fmt.Errorf("this port speaks TLS: connect to it with TLS, or to a plaintext port (first bytes % x)", header)
	case n > limit:
		return fmt.Errorf("length %d is over the %d limit", n, limit)
	}
	return fmt.Errorf("length %d", n)
}

// The first bytes of a TLS record (RFC 8446 section 5.1).
const (
	tlsAlert        = 0x15
	tlsHandshake    = 0x16
	tlsMajorVersion = 0x03
)
