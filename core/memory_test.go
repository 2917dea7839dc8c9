package core

import (
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A memoryStream is a Stream whose other end is the test. The test sets the pieces that Read returns,
// and how many bytes Write accepts.
type memoryStream struct {
	mu      sync.Mutex
	changed sync.Cond

	incoming [][]byte // one Read returns at most one piece
	end      error    // after incoming; nil: it waits
	written  []byte
	room     int   // bytes that are still taken
	broken   error // of a Write beyond room; nil: it waits
	closed   bool
	writes   int

	readDeadline, writeDeadline time.Time
	timers                      [2]*time.Timer
}

func newMemoryStream(incoming ...string) *memoryStream {
	s := &memoryStream{room: 1 << 30}
	s.changed.L = &s.mu
	for _, piece := range incoming {
		s.incoming = append(s.incoming, []byte(piece))
	}
	return s
}

func (s *memoryStream) say(p string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.incoming = append(s.incoming, []byte(p))
	s.changed.Broadcast()
}

func (s *memoryStream) hangUp(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end = err
	s.changed.Broadcast()
}

// take lets Write accept n more bytes.
func (s *memoryStream) take(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.room += n
	s.changed.Broadcast()
}

func (s *memoryStream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.closed:
			return 0, net.ErrClosed
		case passed(s.readDeadline):
			return 0, os.ErrDeadlineExceeded
		case len(s.incoming) > 0:
			n := copy(p, s.incoming[0])
			if s.incoming[0] = s.incoming[0][n:]; len(s.incoming[0]) == 0 {
				s.incoming = s.incoming[1:]
			}
			return n, nil
		case s.end != nil:
			return 0, s.end
		}
		s.changed.Wait()
	}
}

func (s *memoryStream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	n := 0
	for {
		taken := min(len(p)-n, s.room)
		s.written = append(s.written, p[n:n+taken]...)
		s.room -= taken
		s.changed.Broadcast()
		if n += taken; n == len(p) {
			break
		}
		switch {
		case s.closed:
			return n, net.ErrClosed
		case passed(s.writeDeadline):
			return n, os.ErrDeadlineExceeded
		case s.broken != nil:
			return n, s.broken
		}
		s.changed.Wait()
	}
	if s.closed {
		return 0, net.ErrClosed
	}
	return n, nil
}

func (s *memoryStream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, t := range s.timers {
		if t != nil {
			t.Stop()
		}
	}
	s.changed.Broadcast()
	return nil
}

func (s *memoryStream) SetReadDeadline(t time.Time) error  { return s.set(0, &s.readDeadline, t) }
func (s *memoryStream) SetWriteDeadline(t time.Time) error { return s.set(1, &s.writeDeadline, t) }

func (s *memoryStream) set(i int, d *time.Time, t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	*d = t
	if s.timers[i] != nil {
		s.timers[i].Stop()
	}
	s.changed.Broadcast()
	if !t.IsZero() {
		s.timers[i] = time.AfterFunc(time.Until(t), func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.changed.Broadcast()
		})
	}
	return nil
}

func passed(t time.Time) bool { return !t.IsZero() && !time.Now().Before(t) }

var _ io.ReadWriteCloser = (*memoryStream)(nil)
