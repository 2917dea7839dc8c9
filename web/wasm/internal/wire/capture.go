package wire

import (
	"bytes"
	"context"
	"io"
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

// A Capture collects the frames that pass, until they are read. It holds a bounded number of bytes: when it
// is full, it drops frames and counts them, which costs next to nothing. It never waits.
type Capture struct {
	tap   *Tap
	limit int // bytes of a frame

	mu      sync.Mutex
	frames  []captured
	held    int // the cost of frames, and of those that are passing
	dropped int // after the last of frames
	closed  bool
	ready   chan struct{} // has an element once there is something to return
}

// A captured is a frame in a Capture.
type captured struct {
	frame   *Frame
	cost    int
	dropped int // how many frames were dropped before it
}

// A Batch has the oldest frames of a Capture.
type Batch struct {
	Frames  []*Frame // shared with other Captures: don't change them
	Dropped int      // how many frames were dropped, all of them before the first of Frames
	More    bool     // the Capture has further frames already
}

// Capture returns a new Capture of the frames that begin from now on, with up to limit bytes of each, at
// most MaxCaptured. Close it.
func (t *Tap) Capture(limit int) *Capture {
	c := &Capture{tap: t, limit: min(max(limit, 0), MaxCaptured), ready: make(chan struct{}, 1)}
	t.add(c)
	return c
}

// wants returns how many bytes the Capture keeps of a frame.
func (c *Capture) wants(f *Frame) int {
	if f.Redacted != "" {
		return 0
	}
	return min(f.Size, c.limit)
}

// reserve makes room for a frame that begins. It reports false if there is none, and counts the frame.
func (c *Capture) reserve(f *Frame) bool {
	cost := frameCost + c.wants(f)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held+cost > maxHeld {
		c.dropped++
		return false
	}
	c.held += cost
	return true
}

// put adds a frame for which there is room.
func (c *Capture) put(f *Frame) {
	cost := frameCost + c.wants(f)
	if len(f.Bytes) > c.limit {
		cut := *f
		cut.Bytes = bytes.Clone(f.Bytes[:c.limit]) // holds on to nothing else
		f = &cut
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.frames = append(c.frames, captured{f, cost, c.dropped})
	c.dropped = 0
	c.wake()
}

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
	size := 0
	for i, f := range c.frames {
		if i > 0 && (size+f.cost > maxBatch || f.dropped > 0) {
			break
		}
		size += f.cost
		b.Frames = append(b.Frames, f.frame)
		b.Dropped += f.dropped
	}
	n := len(b.Frames)
	clear(c.frames[:n]) // let go of their bytes
	c.frames, c.held = c.frames[n:], c.held-size
	b.More = len(c.frames) > 0
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
