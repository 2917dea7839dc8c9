package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

func receiveExactCounts(t *testing.T, s Setup) {
	c := s.dial(t, "send 300000; hold")
	var offset int64
	for _, n := range []int{1, 2, 3, 1000, 4095, 4096, 4097, 65536, 100000, 1} {
		wantPattern(t, c, offset, n)
		offset += int64(n)
	}
	into := make([]byte, 50000)
	n, err := c.ReceiveInto(t.Context(), into)
	if n != len(into) || err != nil {
		t.Fatalf("ReceiveInto returned %d, %v, want %d", n, err, len(into))
	}
	if string(into) != string(pattern.At(offset, n)) {
		t.Error("ReceiveInto gave other bytes than were sent")
	}
}

func receiveOneByteAtATime(t *testing.T, s Setup) {
	c := s.dial(t, "drip")
	want := pattern.At(0, 500)
	if n, err := c.Send(t.Context(), want); n != len(want) || err != nil {
		t.Fatalf("Send returned %d, %v, want %d", n, err, len(want))
	}
	wantReceive(t, c, want)
}

func receiveTimesOut(t *testing.T, s Setup) {
	const limit = 300 * time.Millisecond
	d := s.dialer()
	d.IOTimeout = limit
	c := s.dialWith(t, d, "hold")
	started := time.Now()
	_, err := c.Receive(t.Context(), 128)
	took := time.Since(started)
	e := wantError(t, err, kafkaio.ErrCannotReceive, os.ErrDeadlineExceeded)
	wantCounts(t, e, 0, 128)
	wantTimeout(t, err, limit, took)
	if e.Limit != limit {
		t.Errorf("the error's limit is %v, want %v", e.Limit, limit)
	}
	if e.Elapsed < limit-limit/10 || e.Elapsed > took {
		t.Errorf("the error says that it took %v of the %v that passed", e.Elapsed, took)
	}
	wantClosed(t, c)
}

func receivePartOfIt(t *testing.T, s Setup) {
	d := s.dialer()
	d.IOTimeout = 300 * time.Millisecond
	c := s.dialWith(t, d, "send 4; hold")
	_, err := c.Receive(t.Context(), 128)
	e := wantError(t, err, kafkaio.ErrCannotReceive, os.ErrDeadlineExceeded)
	wantCounts(t, e, 4, 128)
	wantNames(t, err, fmt.Sprintf("kafkaio: receive from %s: got 4 of 128 bytes in ", s.Peer))
	wantClosed(t, c)
}

func receiveDefaultTimeout(t *testing.T, s Setup) {
	c := s.dialWith(t, &kafkaio.Dialer{Bridge: s.Bridge}, "hold")
	started := time.Now()
	_, err := c.Receive(t.Context(), 1)
	took := time.Since(started)
	wantError(t, err, kafkaio.ErrCannotReceive)
	wantTimeout(t, err, kafkaio.DefaultTimeout, took)
}

// A deadline of the context replaces the Timeout, be it earlier or later.
func receiveContextDeadlineIsTheLimit(t *testing.T, s Setup) {
	t.Run("Earlier", func(t *testing.T) {
		const limit = 300 * time.Millisecond
		c := s.dial(t, "hold")
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		started := time.Now()
		_, err := c.Receive(ctx, 1)
		took := time.Since(started)
		wantError(t, err, kafkaio.ErrCannotReceive)
		wantTimeout(t, err, limit, took)
	})
	t.Run("Later", func(t *testing.T) {
		d := s.dialer()
		d.IOTimeout = 100 * time.Millisecond
		c := s.dialWith(t, d, "pause 400ms; send 4; hold")
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if _, err := c.Receive(ctx, 4); err != nil {
			t.Errorf("the Timeout was applied where the context has a deadline: %v", err)
		}
	})
	t.Run("NoTimeout", func(t *testing.T) {
		d := s.dialer()
		d.IOTimeout = kafkaio.NoTimeout
		c := s.dialWith(t, d, "pause 400ms; send 4; hold")
		wantPattern(t, c, 0, 4)
	})
}

func receiveIsCancelled(t *testing.T, s Setup) {
	c, w := s.dialWatched(t, "hold")
	ctx, cancel := cancellable(t)
	receiving := start(func() error {
		_, err := c.Receive(ctx, 1)
		return err
	})
	<-w.reading
	cancel()
	err := receiving.waitPromptly(t, time.Now())
	e := wantError(t, err, kafkaio.ErrCannotReceive, context.Canceled)
	wantCounts(t, e, 0, 1)
	if e.Timeout() {
		t.Errorf("%v: that is no timeout", err)
	}
	wantClosed(t, c)
}

func receiveFromPeerThatCloses(t *testing.T, s Setup) {
	t.Run("BeforeTheFirstByte", func(t *testing.T) {
		c := s.dial(t, "send 4")
		wantPattern(t, c, 0, 4)
		_, err := c.Receive(t.Context(), 1)
		e := wantError(t, err, kafkaio.ErrNoConnection, io.EOF)
		wantCounts(t, e, 0, 1)
		wantClosed(t, c)
	})
	t.Run("Midway", func(t *testing.T) {
		c := s.dial(t, "send 4")
		_, err := c.Receive(t.Context(), 128)
		e := wantError(t, err, kafkaio.ErrCannotReceive)
		if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			t.Errorf("got %v, under which there is no end of file", err)
		}
		wantCounts(t, e, 4, 128)
		wantClosed(t, c)
	})
}

func receiveFromPeerThatResets(t *testing.T, s Setup) {
	t.Run("BeforeTheFirstByte", func(t *testing.T) {
		c := s.dial(t, "reset")
		_, err := c.Receive(t.Context(), 1)
		e := wantError(t, err, kafkaio.ErrNoConnection, syscall.ECONNRESET)
		wantCounts(t, e, 0, 1)
		wantOpError(t, err)
		wantClosed(t, c)
	})
	t.Run("Midway", func(t *testing.T) {
		gate := uniqueName(t)
		c, w := s.dialWatched(t, "send 4; wait "+gate+"; reset")
		receiving := start(func() error {
			_, err := c.Receive(t.Context(), 128)
			return err
		})
		for n := 0; n < 4; { // a reset may overtake bytes that were not yet received
			n += <-w.arrived
		}
		s.tell(t, "open "+gate)
		err := receiving.wait(t)
		e := wantError(t, err, kafkaio.ErrCannotReceive, syscall.ECONNRESET)
		wantCounts(t, e, 4, 128)
		wantOpError(t, err)
		wantClosed(t, c)
	})
}

func receivesAreSerialised(t *testing.T, s Setup) {
	const callers, each = 4, 100_000
	c := s.dial(t, fmt.Sprintf("send %d; hold", callers*each))
	got := make(chan []byte, callers)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			p, err := c.Receive(t.Context(), each)
			if err != nil {
				t.Error(err)
			}
			got <- p
		})
	}
	wg.Wait()
	close(got)
	want := make(map[string]bool)
	for i := range callers {
		want[string(pattern.At(int64(i*each), each))] = true
	}
	for p := range got {
		if !want[string(p)] {
			t.Error("a Receive got bytes that another one had part of")
		}
		delete(want, string(p))
	}
}

// A Receive that waits behind another one moved nothing: it may leave, and the connection stays.
func receiveThatWaitsIsCancelled(t *testing.T, s Setup) {
	gate := uniqueName(t)
	c, w := s.dialWatched(t, "wait "+gate+"; send 4; echo")
	first := start(func() error {
		_, err := c.Receive(t.Context(), 4)
		return err
	})
	<-w.reading
	ctx, cancel := cancellable(t)
	second := start(func() error {
		_, err := c.Receive(ctx, 4)
		return err
	})
	cancel()
	err := second.waitPromptly(t, time.Now())
	e := wantError(t, err, kafkaio.ErrCannotReceive, context.Canceled)
	wantCounts(t, e, 0, 4)
	s.tell(t, "open "+gate)
	if err := first.wait(t); err != nil {
		t.Errorf("the Receive before the one that was cancelled: %v", err)
	}
	wantOpen(t, c)
}
