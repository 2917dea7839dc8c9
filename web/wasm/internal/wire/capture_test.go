package wire

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

func TestCaptureDropsWhatComesWhenItIsFull(t *testing.T) {
	tap := new(Tap)
	c, small := tap.Capture(MaxCaptured), tap.Capture(0)
	defer c.Close()
	defer small.Close()
	e := connect(t, tap)
	request := withSize(append(requestSample(3, 12, false).frame, make([]byte, 1<<20)...))
	sent := byte(0)
	send := func(n int) {
		for range n {
			request[11] = sent // of the correlation ID
			e.send(request)
			sent++
		}
	}
	const most = maxHeld>>20 - 1 // with the costs beside the bytes
	send(10)
	for i := range int32(3) {
		b, err := c.Next(t.Context())
		if err != nil || len(b.Frames) != 1 || b.Frames[0].CorrelationID != i || b.Dropped != 0 {
			t.Errorf("frame %d: %+v, %v", i, b, err)
		}
	}
	send(10)
	held, at := 0, int32(3)
	for more := true; more; at++ {
		b, err := c.Next(t.Context())
		if err != nil || len(b.Frames) != 1 {
			t.Fatalf("%d frames, %v", len(b.Frames), err)
		}
		at += int32(b.Dropped)
		if b.Frames[0].CorrelationID != at || (b.Dropped != 0) != (at == 10) {
			t.Errorf("frame %d comes as number %d, after %d that were dropped", b.Frames[0].CorrelationID, at, b.Dropped)
		}
		held++
		more = b.More
	}
	if held != most || at != 13 {
		t.Errorf("it held %d frames, want %d; the last was %d", held, most, at-1)
	}
	send(1)
	if b := next(t, c); len(b.Frames) != 1 || b.Dropped != 7 {
		t.Errorf("then %d frames, and %d dropped", len(b.Frames), b.Dropped)
	}
	if b := next(t, small); len(b.Frames) != int(sent) || b.Dropped != 0 {
		t.Errorf("%d frames without bytes, and %d dropped", len(b.Frames), b.Dropped)
	}
	if c.held != 0 || small.held != 0 {
		t.Errorf("they hold %d and %d bytes", c.held, small.held)
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
