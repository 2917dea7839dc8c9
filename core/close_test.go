package core

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// A politeStream sends something when it is closed, to a peer that doesn't read. So does TLS, which
// waits 5 s for the peer.
type politeStream struct {
	*memoryStream
	hurried chan struct{}
}

func (s *politeStream) SetWriteDeadline(t time.Time) error {
	if passed(t) {
		close(s.hurried)
	}
	return s.memoryStream.SetWriteDeadline(t)
}

func (s *politeStream) Close() error {
	select {
	case <-s.hurried:
	case <-time.After(5 * time.Second):
	}
	return s.memoryStream.Close()
}

func TestStreamThatIsSlowToCloseIsHurried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &politeStream{newMemoryStream(), make(chan struct{})}
		s.room = 0
		c := NewConn(s, Options{Timeout: time.Second})
		start := time.Now()
		_, err := c.Send(ctx, []byte("x"))
		check(t, err, ErrCannotSend, 0, 1, os.ErrDeadlineExceeded)
		if took := time.Since(start); took > time.Second+10*time.Millisecond {
			t.Errorf("a timeout of 1s took %v", took)
		}
		_, err = c.Send(ctx, []byte("x"))
		check(t, err, ErrNoConnection, 0, 1, net.ErrClosed)
	})
}

// A later call's error names the cause that closed the connection, but doesn't match that call's code
// or context.
func TestLaterCallsCarryWhatClosedTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			name string
			end  error
			give error
			not  []error
		}{
			{"end", io.EOF, io.ErrUnexpectedEOF, []error{ErrCannotReceive}},
			{"timeout", nil, os.ErrDeadlineExceeded, []error{ErrCannotReceive}},
			{"cancellation", nil, net.ErrClosed, []error{context.Canceled, ErrCannotReceive}},
		} {
			s := newMemoryStream("abc")
			s.end = test.end
			c := NewConn(s, Options{})
			first, cancel := context.WithCancel(ctx)
			if test.name == "cancellation" {
				time.AfterFunc(time.Millisecond, cancel)
			}
			c.Receive(first, 10)
			cancel()

			_, err := c.Send(ctx, []byte("x"))
			check(t, err, ErrNoConnection, 0, 1, test.give)
			check(t, err, ErrNoConnection, 0, 1, net.ErrClosed)
			for _, wrong := range test.not {
				if errors.Is(err, wrong) {
					t.Errorf("%s: %v is %v", test.name, err, wrong)
				}
			}
			if err.(*Error).Timeout() {
				t.Errorf("%s: %v is a timeout, but this call had time", test.name, err)
			}
		}
	})
}

// If a deadline can't be set, the call fails: it could not keep its timeout.
func TestStreamWithoutDeadlinesIsRefused(t *testing.T) {
	s := &noDeadlines{newMemoryStream()}
	c := NewConn(s, Options{})
	_, err := c.Send(ctx, []byte("x"))
	check(t, err, ErrCannotSend, 0, 1, os.ErrNoDeadline)
	if isOpen(c) {
		t.Error("the connection was left open")
	}
}

type noDeadlines struct{ *memoryStream }

func (s *noDeadlines) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (s *noDeadlines) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

func TestShortWriteIsAnError(t *testing.T) {
	c := NewConn(&shortWrites{newMemoryStream()}, Options{})
	n, err := c.Send(ctx, []byte("abcd"))
	check(t, err, ErrCannotSend, 3, 4, io.ErrShortWrite)
	if n != 3 {
		t.Errorf("n is %d", n)
	}
}

type shortWrites struct{ *memoryStream }

func (s *shortWrites) Write(p []byte) (int, error) { return s.memoryStream.Write(p[:len(p)-1]) }
