package core

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// leadsOf returns how often a caller has led.
func leadsOf(p *Pipeline) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.leads
}

// After several callers, watch still serves the next one, sees that it is alone, and stops leading.
func TestCallerThatIsAloneLeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		defer p.Close()
		roundTrips := func(together int) (led int64) {
			before := leadsOf(p)
			var calls []<-chan result
			for i := range together {
				calls = append(calls, goRoundTrip(ctx, p, fmt.Sprint(i)))
				synctest.Wait()
			}
			sent := s.requests(t)
			for i, r := range sent[len(sent)-together:] {
				s.answer(r.id, "")
				checkAnswered(t, calls[i], responseTo(r.id, ""))
			}
			return leadsOf(p) - before
		}
		for i, row := range []struct {
			together int
			want     int64
		}{{1, 1}, {1, 1}, {3, 1}, {3, 0}, {1, 0}, {1, 1}, {1, 1}} {
			if led := roundTrips(row.together); led != row.want {
				t.Errorf("%d: of %d callers %d led, want %d", i, row.together, led, row.want)
			}
		}
		time.Sleep(3 * watchPause) // now the Pipeline's goroutine leads
		for _, want := range []int64{0, 1} {
			if led := roundTrips(1); led != want {
				t.Errorf("after a pause a caller led %d times, want %d", led, want)
			}
		}
	})
}

// While a caller leads and waits for records, watch doesn't wake up again and again, which would cost
// processor time.
func TestLongWaitIsNotWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{StallTimeout: NoTimeout})
		defer p.Close()
		call := goRoundTrip(ctx, p, "")
		time.Sleep(3 * watchPause)
		p.mu.Lock()
		relieves := p.relieve
		p.mu.Unlock()
		if !relieves {
			t.Error("it doesn't wait to relieve the caller")
		}
		s.answer(1, "")
		checkAnswered(t, call, responseTo(1, ""))
	})
}
