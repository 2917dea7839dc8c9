package suite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

const (
	// held bounds the memory of a connection whose reader has stopped: the window, which is 4 MiB to a
	// client and less to a broker, and messages that are being put together.
	held = 12 << 20
	// inFlight bounds what one side may have sent and the other not taken: the window, messages, and the
	// buffers of sockets. Linux lets a sender have 4 MiB (tcp_wmem), and a receiver twice what it took in a
	// round trip (tcp_moderate_rcvbuf), which is a window at most.
	inFlight = 20 << 20
	// tooMuch is more than fits anywhere on the way.
	tooMuch = 2 * inFlight
)

// The peer gets a prefix of the message, no longer than the error says.
func sendTimesOut(t *testing.T, s Setup) {
	const limit = 500 * time.Millisecond
	name := uniqueName(t)
	d := s.dialer()
	d.IOTimeout = limit
	c := s.dialWith(t, d, "name "+name+"; wait "+name+"; sink")
	message := pattern.At(0, tooMuch)
	started := time.Now()
	n, err := c.Send(t.Context(), message)
	took := time.Since(started)
	e := wantError(t, err, kafkaio.ErrCannotSend, os.ErrDeadlineExceeded)
	wantTimeout(t, err, limit, took)
	if e.Want != tooMuch || e.Done != n || n <= 0 || n > inFlight {
		t.Errorf("%v: Send returned %d, the error says %d of %d; want the same, more than 0 and at most %d of %d",
			err, n, e.Done, e.Want, inFlight, tooMuch)
	}
	wantClosed(t, c)
	s.tell(t, "open "+name)
	if r := s.report(t, name); r.received > int64(n) || !r.intact {
		t.Errorf("the peer got %+v, Send said %d", r, n)
	}
}

func sendIsCancelled(t *testing.T, s Setup) {
	c, w := s.dialWatched(t, "hold")
	<-w.writing // of the script
	ctx, cancel := cancellable(t)
	message := pattern.At(0, tooMuch)
	sending := start(func() error {
		_, err := c.Send(ctx, message)
		return err
	})
	<-w.writing
	cancel()
	err := sending.waitPromptly(t, time.Now())
	e := wantError(t, err, kafkaio.ErrCannotSend, context.Canceled)
	if e.Want != tooMuch || e.Done >= tooMuch {
		t.Errorf("%v: sent %d of %d, want less than all of %d", err, e.Done, e.Want, tooMuch)
	}
	wantClosed(t, c)
}

func sendToPeerThatResets(t *testing.T, s Setup) {
	c := s.dial(t, "reset")
	message := pattern.At(0, 4096)
	var err error
	for started := time.Now(); err == nil && time.Since(started) < patience; {
		_, err = c.Send(t.Context(), message)
	}
	wantError(t, err, kafkaio.ErrCannotSend)
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("got %v, under which there is neither %v nor %v", err, syscall.ECONNRESET, syscall.EPIPE)
	}
	wantOpError(t, err)
	wantClosed(t, c)
}

func sendBesideReceive(t *testing.T, s Setup) {
	c, w := s.dialWatched(t, "recv 4; send 4; hold")
	receiving := start(func() error {
		_, err := c.Receive(t.Context(), 4)
		return err
	})
	<-w.reading
	if _, err := c.Send(t.Context(), pattern.At(0, 4)); err != nil {
		t.Fatalf("Send beside a Receive that waits: %v", err)
	}
	if err := receiving.wait(t); err != nil {
		t.Errorf("Receive beside a Send: %v", err)
	}
}

func sendsAreSerialised(t *testing.T, s Setup) {
	const callers, each = 4, 100_000
	c := s.dial(t, "echo")
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			if _, err := c.Send(t.Context(), bytes.Repeat([]byte{'a' + byte(i)}, each)); err != nil {
				t.Error(err)
			}
		})
	}
	for range callers {
		p, err := c.Receive(t.Context(), each)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(p, bytes.Repeat(p[:1], each)) {
			t.Error("the messages of two Sends were mixed")
		}
	}
	wg.Wait()
}
