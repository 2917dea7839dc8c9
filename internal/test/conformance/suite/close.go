package suite

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

func badArgumentsLeaveConnOpen(t *testing.T, s Setup) {
	const maxFrame = 1 << 10
	d := s.dialer()
	d.MaxFrame = maxFrame
	c := s.dialWith(t, d, "echo")
	ctx := t.Context()
	oversized := make([]byte, maxFrame+1)
	for _, test := range []struct {
		name string
		call func() error
	}{
		{"SendNil", func() error { _, err := c.Send(ctx, nil); return err }},
		{"ReceiveZero", func() error { _, err := c.Receive(ctx, 0); return err }},
		{"ReceiveNegative", func() error { _, err := c.Receive(ctx, -1); return err }},
		{"ReceiveIntoNothing", func() error { _, err := c.ReceiveInto(ctx, nil); return err }},
		{"WriteFrameNil", func() error { return c.WriteFrame(ctx, nil) }},
		{"WriteFrameOversized", func() error { return c.WriteFrame(ctx, oversized) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			wantError(t, test.call(), kafkaio.ErrMismatchArgument)
			wantOpen(t, c)
		})
	}
}

func contextAlreadyDoneLeavesConnOpen(t *testing.T, s Setup) {
	c := s.dial(t, "echo")
	ctx, cancel := cancellable(t)
	cancel()
	n, err := c.Send(ctx, []byte("x"))
	e := wantError(t, err, kafkaio.ErrCannotSend, context.Canceled)
	wantCounts(t, e, 0, 1)
	if n != 0 {
		t.Errorf("Send returned %d", n)
	}
	_, err = c.Receive(ctx, 1)
	e = wantError(t, err, kafkaio.ErrCannotReceive, context.Canceled)
	wantCounts(t, e, 0, 1)
	wantOpen(t, c)
}

func closeFreesReceive(t *testing.T, s Setup) {
	c, w := s.dialWatched(t, "hold")
	receiving := start(func() error {
		_, err := c.Receive(t.Context(), 1)
		return err
	})
	<-w.reading
	closed := time.Now()
	if err := c.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	err := receiving.waitPromptly(t, closed)
	wantError(t, err, kafkaio.ErrNoConnection, net.ErrClosed)
}

func closeFreesSend(t *testing.T, s Setup) {
	c, w := s.dialWatched(t, "hold")
	<-w.writing // of the script
	message := pattern.At(0, tooMuch)
	sending := start(func() error {
		_, err := c.Send(t.Context(), message)
		return err
	})
	<-w.writing
	closed := time.Now()
	if err := c.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	err := sending.waitPromptly(t, closed)
	wantError(t, err, kafkaio.ErrNoConnection, net.ErrClosed)
}

func closeEndsEverything(t *testing.T, s Setup) {
	name := uniqueName(t)
	c := s.dial(t, "name "+name+"; sink")
	if _, err := c.Send(t.Context(), pattern.At(0, 1000)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	wantClosed(t, c)
	if r := s.report(t, name); r.received != 1000 || !r.intact {
		t.Errorf("the peer got %+v, 1000 bytes were sent before Close", r)
	}
}

// What a peer sent before it closed is all there, then comes the end.
func burstThenClose(t *testing.T, s Setup) {
	const times, messages, size = 50, 100, 1000
	const script = "messages 100 1000"
	want := string(pattern.At(0, messages*size))
	d := s.dialer()
	for i := range times {
		c := s.dialWith(t, d, script)
		for m := range messages {
			wantPattern(t, c, int64(m*size), size)
		}
		_, err := c.Receive(t.Context(), 1)
		wantError(t, err, kafkaio.ErrNoConnection, io.EOF)
		c.Close()

		n := s.dialNetWith(t, d, script)
		got, err := io.ReadAll(n)
		if err != nil || string(got) != want {
			t.Fatalf("time %d: read %d bytes, %v, want %d", i, len(got), err, len(want))
		}
		if _, err := n.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("read after the end: %v, want %v again", err, io.EOF)
		}
		n.Close()
	}
}
