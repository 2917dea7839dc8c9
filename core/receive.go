package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// firstGrowth is how many bytes are allocated for a frame before its payload arrives, however large
// its length. The buffer doubles as bytes arrive.
const firstGrowth = 64 << 10

// Receive returns the next n bytes. If fewer come in time, it fails with an *[Error] whose Done says
// how many did. If n is below 1 or over Options.MaxFrame, it fails with [ErrMismatchArgument].
// Memory grows with the bytes that arrive, not with n.
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

// ReceiveInto receives len(p) bytes into p. If fewer come in time, it returns their number and an
// error. If p is empty, it fails with [ErrMismatchArgument].
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

// fill reads until buf holds n bytes, of which it holds got already. It returns the buffer, larger
// if buf was too small, and how many bytes it holds now. After an error, a call with these results
// continues.
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

// glimpse is the read deadline of TryReceive and Alive. It isn't 0, because a stream whose deadline
// has passed doesn't look for bytes at all.
const glimpse = time.Millisecond

// TryReceive copies the bytes that have arrived into p, and returns how many. It returns 0 without an
// error if none have, or if a receive is running. It waits for at most 1 ms.
//
// Once the peer has closed the connection and all its bytes were received, TryReceive fails with
// [ErrNoConnection]. If p is empty, it fails with [ErrMismatchArgument].
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

// Alive reports whether the connection can still be used. It returns false after Close, and once the
// peer has closed the connection and all its bytes were received. To find out, it may read into the
// Conn's own buffer for at most 1 ms. While a receive runs, it returns true at once.
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

// look reads ahead, unless the buffer has bytes. It fails if the buffer is empty and none will come.
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
