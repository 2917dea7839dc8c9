package wire

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
)

const (
	// MaxCaptured bounds the bytes that a Capture keeps of a frame.
	MaxCaptured = 4 << 20
	// maxHeld bounds what a Capture holds until it is read: the bytes of frames, and frameCost for each.
	maxHeld   = 8 << 20
	frameCost = 256
	// maxBatch bounds a Batch in the same way, unless it is a single frame.
	maxBatch = 256 << 10
)

// A Capture collects the frames that pass, oldest first, until they are read. It holds a bounded number
// of bytes: when it is full, it drops the oldest frames and counts them. It never waits.
type Capture struct {
	tap   *Tap
	limit int // bytes of a frame

	mu      sync.Mutex
	frames  []Frame
	held    int
	dropped int
	closed  bool
	ready   chan struct{} // has an element once there is something to return
}

// A Batch is what a Capture has collected since the last one, or the oldest part of it.
type Batch struct {
	Frames  []Frame
	Dropped int  // how many frames were dropped, all of them before the first of Frames
	More    bool // the Capture has further frames already
}

// Capture returns a new Capture of the frames that begin from now on, with up to limit bytes of each, at
// most MaxCaptured. Close it.
func (t *Tap) Capture(limit int) *Capture {
	c := &Capture{tap: t, limit: min(max(limit, 0), MaxCaptured), ready: make(chan struct{}, 1)}
	t.add(c)
	return c
}

// put adds a frame.
func (c *Capture) put(f Frame) {
	if len(f.Bytes) > c.limit {
		f.Bytes = bytes.Clone(f.Bytes[:c.limit]) // holds on to nothing else
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.frames = append(c.frames, f)
	c.held += f.cost()
	for c.held > maxHeld {
		c.held -= c.frames[0].cost()
		c.frames[0] = Frame{} // let go of its bytes
		c.frames = c.frames[1:]
		c.dropped++
	}
	c.wake()
}

// cost is what the frame holds, in bytes.
func (f Frame) cost() int { return frameCost + cap(f.Bytes) }

// wake makes Next look again.
func (c *Capture) wake() {
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

// Next waits for frames and returns the oldest. After Close it returns what is left, and then io.EOF.
// One goroutine may call it.
func (c *Capture) Next(ctx context.Context) (Batch, error) {
	for {
		if b, closed := c.take(); len(b.Frames) > 0 {
			return b, nil
		} else if closed {
			return b, io.EOF
		}
		select {
		case <-c.ready:
		case <-ctx.Done():
			return Batch{}, context.Cause(ctx)
		}
	}
}

func (c *Capture) take() (b Batch, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, size := 0, 0
	for n < len(c.frames) && (n == 0 || size+c.frames[n].cost() <= maxBatch) {
		size += c.frames[n].cost()
		n++
	}
	b = Batch{Frames: slices.Clone(c.frames[:n]), Dropped: c.dropped, More: n < len(c.frames)}
	clear(c.frames[:n]) // let go of their bytes
	c.frames, c.held, c.dropped = c.frames[n:], c.held-size, 0
	return b, c.closed
}

// Close ends the capture.
func (c *Capture) Close() {
	c.tap.remove(c)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.wake()
}
