package wire

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

func TestCaptureDropsTheOldestWhenNobodyReads(t *testing.T) {
	tap := new(Tap)
	c := tap.Capture(MaxCaptured)
	defer c.Close()
	e := connect(t, tap)
	request := withSize(append(requestSample(3, 12, false).frame, make([]byte, 1<<20)...))
	const sent = 40
	for i := range sent {
		request[11] = byte(i) // of the correlation ID
		e.send(request)
	}
	held := 0
	b := next(t, c)
	for i, f := range b.Frames {
		held += len(f.Bytes)
		if want := int32(sent - len(b.Frames) + i); f.CorrelationID != want {
			t.Errorf("frame %d is #%d, want #%d", i, f.CorrelationID, want)
		}
	}
	if len(b.Frames)+b.Dropped != sent || held > maxHeld || len(b.Frames) < 4 {
		t.Errorf("%d frames of %d bytes, and %d dropped", len(b.Frames), held, b.Dropped)
	}
	e.send(request)
	if b := next(t, c); len(b.Frames) != 1 || b.Dropped != 0 {
		t.Errorf("then %d frames, and %d dropped", len(b.Frames), b.Dropped)
	}
}

func TestNextReturnsABatch(t *testing.T) {
	tap := new(Tap)
	c := tap.Capture(MaxCaptured)
	defer c.Close()
	e := connect(t, tap)
	var want []int
	for _, size := range []int{100 << 10, 100 << 10, 100 << 10, 2 << 20, 10, 20} {
		e.send(withSize(append(requestSample(3, 12, false).frame, make([]byte, size)...)))
		want = append(want, size)
	}
	for _, n := range []int{2, 1, 1, 2} {
		b, err := c.Next(t.Context())
		if want = want[n:]; err != nil || len(b.Frames) != n || b.More != (len(want) > 0) {
			t.Errorf("%d frames, more: %v, %v; want %d", len(b.Frames), b.More, err, n)
		}
	}
	if c.held != 0 {
		t.Errorf("it holds %d bytes", c.held)
	}
}

func TestNextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(Tap).Capture(0)
		ctx, cancel := context.WithCancelCause(t.Context())
		reason := errors.New("the page went away")
		time.AfterFunc(time.Second, func() { cancel(reason) })
		if _, err := c.Next(ctx); err != reason {
			t.Errorf("cancelled: %v", err)
		}
		time.AfterFunc(time.Second, c.Close)
		if _, err := c.Next(t.Context()); err != io.EOF {
			t.Errorf("closed: %v", err)
		}
	})
}
