package tunnel

import (
	"fmt"
	"time"
)

// A question is OPENs that wait while nothing comes from the bridge.
type question struct {
	received int64         // bytes from the bridge before them
	waiting  int           // OPENs
	since    time.Time     // when the first of those was sent
	waited   time.Duration // by OPENs before them, which were given up
}

// watch ends the session when OPENs have waited for silence and nothing has come from the bridge;
// half of that before, it pings. The caller's OPEN was sent. It stops with the function returned.
func (s *Session) watch(silence time.Duration) (stop func()) {
	if silence <= 0 {
		return func() {}
	}
	received, _ := s.socket.Moved()
	s.mu.Lock()
	q := &s.asked
	if q.received != received {
		*q = question{received: received}
	}
	if q.waiting == 0 {
		q.since = time.Now()
	}
	q.waiting++
	left := silence - q.waited - time.Since(q.since)
	s.mu.Unlock()

	silent := func() bool {
		now, _ := s.socket.Moved()
		return now == received
	}
	ping := time.AfterFunc(left/2, func() {
		if silent() {
			s.writer.sendPing()
		}
	})
	end := time.AfterFunc(left, func() {
		if silent() {
			s.Abort(&CloseError{Code: CodeAbnormal, Reason: fmt.Sprintf("no answer within %v", silence), cause: ErrNoAnswer})
		}
	})
	return func() {
		ping.Stop()
		end.Stop()
		s.mu.Lock()
		defer s.mu.Unlock()
		if q.received != received {
			return
		}
		if q.waiting--; q.waiting == 0 {
			q.waited += time.Since(q.since)
		}
	}
}
