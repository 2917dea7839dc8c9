package core

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// scratchSize is the size, in bytes, of the buffer where a small frame's payload is copied behind its
// header, so that both are one write.
const scratchSize = 4 << 10

// Send sends all of p, as it is: without a frame's length before it. It returns how many bytes the
// transport accepted. If that is fewer than len(p), there is an error, and the peer got a prefix of p
// no longer than that. If p is empty, or longer than Options.MaxFrame plus 4, it fails with
// [ErrMismatchArgument].
func (c *Conn) Send(ctx context.Context, p []byte) (int, error) {
	k := c.newSend(ctx, len(p))
	if err := c.checkMessage(&k, len(p), c.options.MaxFrame+frameHeader); err != nil {
		return 0, err
	}
	if err := k.begin(); err != nil {
		return 0, err
	}
	defer k.end()
	n, err := c.write(p)
	if err != nil {
		return n, k.failed(n, err)
	}
	return n, nil
}

// write calls the stream's Write, and makes an error of a short write that came without one.
func (c *Conn) write(p []byte) (int, error) {
	n, err := c.stream.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

// WriteFrame sends payload as one of Kafka's frames: 4 bytes of length, big-endian, then the payload.
// A payload of up to 4,092 bytes goes out in one write with its length. If payload is empty, or
// longer than Options.MaxFrame, it fails with [ErrMismatchArgument].
func (c *Conn) WriteFrame(ctx context.Context, payload []byte) error {
	k := c.newSend(ctx, frameHeader+len(payload))
	if err := c.checkMessage(&k, len(payload), c.options.MaxFrame); err != nil {
		return err
	}
	if err := k.begin(); err != nil {
		return err
	}
	defer k.end()
	if c.scratch == nil {
		c.scratch = make([]byte, scratchSize)
	}
	binary.BigEndian.PutUint32(c.scratch, uint32(len(payload)))
	first := copy(c.scratch[frameHeader:], payload)
	done, err := c.write(c.scratch[:frameHeader+first])
	if err == nil && first < len(payload) {
		var n int
		n, err = c.write(payload[first:])
		done += n
	}
	if err != nil {
		return k.failed(done, err)
	}
	return nil
}

func (c *Conn) checkMessage(k *call, n, limit int) error {
	switch {
	case n == 0:
		return k.refused(ErrMismatchArgument, errors.New("an empty message"))
	case n > limit:
		return k.refused(ErrMismatchArgument, fmt.Errorf("a message of %d bytes is over the limit of %d", n, limit))
	}
	return nil
}
