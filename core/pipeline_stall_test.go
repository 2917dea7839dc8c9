package core

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A caller that has waited for a place has waited for others' answers, which came.
func TestWaitingForAPlaceIsNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{Timeout: NoTimeout}), PipelineOptions{MaxInFlight: 1, StallTimeout: 5 * time.Second})
		defer p.Close()
		var calls []<-chan result
		for range 10 {
			calls = append(calls, goRoundTrip(ctx, p, "x"))
		}
		for i := range calls {
			time.Sleep(time.Second)
			sent := s.requests(t)
			if len(sent) != i+1 {
				t.Fatalf("%d requests were sent, want %d", len(sent), i+1)
			}
			s.answer(sent[i].id, "y")
		}
		for _, c := range calls {
			if r := <-c; r.err != nil {
				t.Error(r.err)
			}
		}
	})
}

// The broker takes a request late, and then gets the time that any answer may take.
func TestStallBeginsWhenTheRequestHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		s.room = 0
		p := NewPipeline(NewConn(s, Options{Timeout: NoTimeout}), PipelineOptions{StallTimeout: 5 * time.Second})
		defer p.Close()
		call := goRoundTrip(ctx, p, "x")
		time.Sleep(4900 * time.Millisecond)
		s.take(1 << 20)
		sent := s.requests(t)
		time.Sleep(4 * time.Second)
		s.answer(sent[0].id, "y")
		checkAnswered(t, call, responseTo(sent[0].id, "y"))
	})
}

// What waits behind a request that doesn't go through was not sent.
func TestCallThatEndsBeforeItsRequestIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		s.room = 3
		p := NewPipeline(NewConn(s, Options{Timeout: NoTimeout}), PipelineOptions{})
		defer p.Close()
		first, cancelFirst := context.WithCancel(ctx)
		begun := goRoundTrip(first, p, "its start is sent")
		synctest.Wait()
		second, cancelSecond := context.WithCancel(ctx)
		waits := goRoundTrip(second, p, "nothing of it is")
		synctest.Wait()
		cancelSecond()
		checkFailed(t, waits, ErrCannotSend, context.Canceled)
		cancelFirst()
		checkFailed(t, begun, ErrCannotReceive, context.Canceled)
	})
}
