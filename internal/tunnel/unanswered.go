package tunnel

import (
	"fmt"
	"time"
)

// unanswered counts the OPENs that wait while nothing comes from the bridge.
type unanswered struct {
	received int64         // bytes from the bridge before them
	waiting  int           // OPENs
	since    time.Time     // when the first of those was sent
	waited   time.Duration // by OPENs before them, which were given up
	pinged   time.Time     // when a ping was sent for them
}

// watch ends the session if nothing at all comes from the bridge for silence after an OPEN, unless the
// network still takes what we write. The caller has sent its OPEN. The function that watch returns stops
// it, and reports whether anything came.
//
// Halfway through, watch pings. OPENs given up before count into the half. A page can't ping, and a busy
// bridge says as little as a dead one: there each OPEN counts by itself.
func (s *Session) watch(silence time.Duration) (heard func() bool) {
	if silence <= 0 {
		return func() bool { return true }
	}
	received, sent := s.socket.Moved()
	s.mu.Lock()
	q := &s.asked
	if q.received != received {
		*q = unanswered{received: received}
	}
	if q.waiting == 0 {
		q.since = time.Now()
	}
	q.waiting++
	untilPing, untilEnd := silence/2, silence
	if s.CanPing() {
		untilPing = max(0, silence/2-q.waited-time.Since(q.since))
		untilEnd = untilPing + silence/2
		if !q.pinged.IsZero() {
			untilEnd = max(0, silence/2-time.Since(q.pinged))
		}
	}
	s.mu.Unlock()

	silent := func() bool {
		now, _ := s.socket.Moved()
		return now == received
	}
	ping := time.AfterFunc(untilPing, func() {
		if !s.CanPing() || !silent() {
			return
		}
		s.mu.Lock()
		first := q.received == received && q.pinged.IsZero()
		if first {
			q.pinged = time.Now()
		}
		s.mu.Unlock()
		if first {
			s.writer.sendPing()
		}
	})
	end := time.AfterFunc(untilEnd, func() {
		_, taken := s.socket.Moved()
		if silent() && !(s.writer.writing() && taken != sent) {
			s.Abort(&CloseError{Code: CodeAbnormal, Reason: fmt.Sprintf("no answer within %v", silence), cause: ErrNoAnswer})
		}
	})
	return func() bool {
		ping.Stop()
		end.Stop()
		s.mu.Lock()
		defer s.mu.Unlock()
		if q.received == received {
			if q.waiting--; q.waiting == 0 {
				q.waited += time.Since(q.since)
			}
		}
		return !silent()
	}
}

// CanPing reports whether a ping can be sent, which a page can't.
func (s *Session) CanPing() bool {
	_, ok := s.socket.(pinger)
	return linksPing && ok
}
