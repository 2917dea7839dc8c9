package suite

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

// eventually waits for what no call waits for.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for started := time.Now(); !is(); time.Sleep(time.Millisecond) {
		if time.Since(started) > patience {
			t.Fatalf("after %v: %s", patience, what)
		}
	}
}

func aliveUntilAllIsReceived(t *testing.T, s Setup) {
	name := uniqueName(t)
	c := s.dial(t, "name "+name+"; send 1000")
	if r := s.report(t, name); r.sent != 1000 {
		t.Fatalf("the peer says %+v", r)
	}
	// The peer has closed by now. 1000 bytes were sent before that.
	for offset := range 1000 {
		if !c.Alive() {
			t.Fatalf("not Alive with %d bytes not yet received", 1000-offset)
		}
		wantPattern(t, c, int64(offset), 1)
	}
	eventually(t, "Alive, though the peer has closed and all was received", func() bool { return !c.Alive() })
	wantClosed(t, c)
}

// Alive may read ahead; what it reads is not lost.
func aliveLosesNothing(t *testing.T, s Setup) {
	c := s.dial(t, "echo")
	for i := range 200 {
		if !c.Alive() {
			t.Fatalf("not Alive before round %d", i)
		}
		message := pattern.At(int64(i), 1+37*i)
		if _, err := c.Send(t.Context(), message); err != nil {
			t.Fatal(err)
		}
		for len(message) > 0 {
			n := min(len(message), 1000)
			if !c.Alive() {
				t.Fatalf("not Alive in round %d", i)
			}
			wantReceive(t, c, message[:n])
			message = message[n:]
		}
	}
}

func aliveDoesNotWait(t *testing.T, s Setup) {
	gate := uniqueName(t)
	c, w := s.dialWatched(t, "wait "+gate+"; send 4; hold")
	started := time.Now()
	if !c.Alive() {
		t.Error("not Alive on a silent connection")
	}
	if took := time.Since(started); took > prompt {
		t.Errorf("Alive took %v on a silent connection", took)
	}
	for len(w.reading) > 0 {
		<-w.reading
	}
	receiving := start(func() error {
		_, err := c.Receive(t.Context(), 4)
		return err
	})
	<-w.reading
	started = time.Now()
	if !c.Alive() {
		t.Error("not Alive while a Receive waits")
	}
	if took := time.Since(started); took > prompt {
		t.Errorf("Alive took %v while a Receive waits", took)
	}
	s.tell(t, "open "+gate)
	if err := receiving.wait(t); err != nil {
		t.Errorf("the Receive that Alive was asked beside: %v", err)
	}
}

func tryReceive(t *testing.T, s Setup) {
	gate := uniqueName(t)
	c := s.dial(t, "wait "+gate+"; send 1000")
	p := make([]byte, 300)
	started := time.Now()
	if n, err := c.TryReceive(p); n != 0 || err != nil {
		t.Fatalf("TryReceive returned %d, %v, with nothing there", n, err)
	}
	if took := time.Since(started); took > prompt {
		t.Errorf("TryReceive took %v with nothing there", took)
	}
	s.tell(t, "open "+gate)
	var got []byte
	var err error
	eventually(t, "TryReceive has not seen the end", func() bool {
		var n int
		n, err = c.TryReceive(p)
		got = append(got, p[:n]...)
		return err != nil
	})
	if !bytes.Equal(got, pattern.At(0, 1000)) {
		t.Errorf("TryReceive got %d bytes, not the 1000 that were sent", len(got))
	}
	wantError(t, err, kafkaio.ErrNoConnection)
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v, under which there is no %v", err, io.EOF)
	}
}
