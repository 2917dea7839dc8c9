package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// firstGrowth is how much memory is set aside for bytes that were only promised. It doubles as
// they come.
const firstGrowth = 64 << 10

// Receive returns the next n bytes, or an error that says how many came. An n of zero or less,
// or over MaxFrame, is ErrMismatchArgument. Memory grows with the bytes that come.
func (c *Conn) Receive(ctx context.Context, n int) ([]byte, error) {
	k := c.newReceive(ctx, max(n, 0))
	switch {
	case n <= 0:
		return nil, k.refused(ErrMismatchArgument, fmt.Errorf("a length of %d, one above 0 was expected", n))
	case n > c.options.MaxFrame:
		return nil, k.refused(ErrMismatchArgument, fmt.Errorf("a length of %d is over the limit of %d", n, c.options.MaxFrame))
	}
	if err := k.begin(); err != nil {
		return nil, err
	}
	defer k.end()
	p, got, err := c.fill(c.stream, nil, 0, n)
	if err != nil {
		return nil, k.failed(got, err)
	}
	return p, nil
}

// ReceiveInto fills p, or returns an error and how many bytes came. An empty p is
// ErrMismatchArgument.
func (c *Conn) ReceiveInto(ctx context.Context, p []byte) (int, error) {
	k := c.newReceive(ctx, len(p))
	if len(p) == 0 {
		return 0, k.refused(ErrMismatchArgument, errors.New("nothing to receive into"))
	}
	if err := k.begin(); err != nil {
		return 0, err
	}
	defer k.end()
	got, err := c.readFull(c.stream, p)
	if err != nil {
		return got, k.failed(got, err)
	}
	return got, nil
}

// fill reads until the storage of buf, which it replaces as it must, has n bytes; it has so many of
// them as got says. After an error it can go on with what it has returned.
func (c *Conn) fill(s io.Reader, buf []byte, got, n int) (p []byte, now int, err error) {
	p = buf[:min(n, cap(buf))]
	if len(p) < min(n, firstGrowth) {
		p = make([]byte, min(n, firstGrowth))
	}
	for {
		more, err := c.readFull(s, p[got:])
		got += more
		if err != nil || got == n {
			return p, got, err
		}
		grown := make([]byte, min(n, 2*len(p)))
		copy(grown, p)
		p = grown
	}
}

func (c *Conn) readFull(s io.Reader, p []byte) (got int, err error) {
	for got < len(p) {
		n, err := c.ahead.read(s, p[got:])
		got += n
		if err != nil {
			return got, err
		}
	}
	return got, nil
}

// glimpse is how long TryReceive and Alive let the stream look for bytes: a deadline that has
// passed would keep it from looking at all.
const glimpse = time.Millisecond

// TryReceive returns what is there now, at most len(p) bytes, without waiting for more: 0 if
// nothing is, or if a receive is running. It fails with ErrNoConnection once the connection was
// closed and all that came was received. An empty p is ErrMismatchArgument.
func (c *Conn) TryReceive(p []byte) (int, error) {
	k := c.newReceive(context.Background(), 0)
	k.op, k.start = "try to receive", time.Now()
	if len(p) == 0 {
		return 0, k.refused(ErrMismatchArgument, errors.New("nothing to receive into"))
	}
	if !c.receiving.tryTurn() {
		return 0, nil
	}
	defer c.receiving.endTurn()
	if err := c.look(&k); err != nil {
		return 0, err
	}
	return c.ahead.take(p), nil
}

// Alive reports whether the connection can still be used: false once it was closed here, or the
// peer has closed it and all that it sent was received. It may read ahead into the Conn's own
// buffer, for a millisecond at most, and never waits behind a receive.
func (c *Conn) Alive() bool {
	if c.whyClosed() != nil {
		return false
	}
	if !c.receiving.tryTurn() {
		return true
	}
	defer c.receiving.endTurn()
	k := c.newReceive(context.Background(), 0)
	k.start = time.Now()
	return c.look(&k) == nil
}

// look reads ahead unless bytes are there already, and fails if none are and none will come.
func (c *Conn) look(k *call) error {
	if why := c.whyClosed(); why != nil {
		return k.refused(ErrNoConnection, why)
	}
	if c.ahead.size() > 0 {
		return nil
	}
	err := c.receiving.arm(k.ctx, k.start.Add(glimpse))
	if err == nil {
		err = c.ahead.fill(c.stream)
	}
	if err != nil && !isTimeout(err) {
		return k.failed(0, err)
	}
	return nil
}
