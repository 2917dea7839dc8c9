package core

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestCallWhoseContextIsDoneSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		defer p.Close()
		done, cancel := context.WithCancel(ctx)
		cancel()
		_, err := p.RoundTrip(done, requestOf(""), nil)
		check(t, err, ErrCannotSend, 0, 12, context.Canceled)
		check(t, p.Post(done, requestOf("")), ErrCannotSend, 0, 12, context.Canceled)
		if sent := s.requests(t); len(sent) > 0 {
			t.Fatalf("%q was sent", sent)
		}
	})
}

func TestCancellingACallLeavesTheOthersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{Addr: "broker:9092"}), PipelineOptions{MaxInFlight: 3})
		defer p.Close()
		var calls []<-chan result
		var cancels []func()
		for range 3 {
			ctx, cancel := context.WithCancel(ctx)
			cancels = append(cancels, cancel)
			calls = append(calls, goRoundTrip(ctx, p, ""))
			synctest.Wait()
		}
		time.Sleep(time.Second)
		for _, i := range []int{0, 1} { // the one that receives for all, and then its successor
			cancels[i]()
			r := <-calls[i]
			check(t, r.err, ErrCannotReceive, 0, 4, context.Canceled)
			if r.took != time.Second || r.err.(*Error).Timeout() {
				t.Errorf("%v, after %v", r.err, r.took)
			}
		}
		checkWaiting(t, calls[2])
		sent := s.requests(t)
		s.answer(sent[0].id, "late")
		s.answer(sent[2].id, "in time")
		checkAnswered(t, calls[2], responseTo(sent[2].id, "in time"))

		// Two places are free, and the third has to wait for the answer that is still to come.
		calls = nil
		for range 3 {
			calls = append(calls, goRoundTrip(ctx, p, ""))
		}
		if sent = s.requests(t); len(sent) != 5 {
			t.Fatalf("%d requests were sent", len(sent))
		}
		s.answer(sent[1].id, "very late")
		if sent = s.requests(t); len(sent) != 6 {
			t.Fatalf("%d requests were sent", len(sent))
		}
		for i, r := range sent[3:] {
			s.answer(r.id, fmt.Sprint(i))
		}
		synctest.Wait()
		for _, call := range calls {
			if r := <-call; r.err != nil {
				t.Error(r.err)
			}
		}
		cancels[2]()
	})
}

func TestAnswersThatNobodyWaitsForAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{MaxInFlight: 1})
		defer p.Close()
		for range 3 {
			leaves, cancel := context.WithTimeout(ctx, time.Second)
			_, err := p.RoundTrip(leaves, requestOf(""), nil)
			cancel()
			check(t, err, ErrCannotReceive, 0, 4, context.DeadlineExceeded)
			if !err.(*Error).Timeout() {
				t.Errorf("%v is no timeout", err)
			}
			next := goRoundTrip(ctx, p, "")
			sent := s.requests(t)
			s.answer(sent[len(sent)-1].id, "late")
			time.Sleep(2 * watchPause)
			sent = s.requests(t)
			s.answer(sent[len(sent)-1].id, "in time")
			checkAnswered(t, next, responseTo(sent[len(sent)-1].id, "in time"))
		}
	})
}

// Another goroutine must read the rest.
func TestCallMayLeaveAmidALargeAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		defer p.Close()
		leaves, cancel := context.WithCancel(ctx)
		first := goRoundTrip(leaves, p, "")
		synctest.Wait()
		second := goRoundTrip(ctx, p, "")
		large := frame(responseTo(1, strings.Repeat("x", 10*pipelineAhead)))
		s.requests(t)
		s.say(large[:5*pipelineAhead])
		checkWaiting(t, first)
		cancel()
		checkFailed(t, first, ErrCannotReceive, context.Canceled)
		s.say(large[5*pipelineAhead:])
		s.answer(2, "small")
		checkAnswered(t, second, responseTo(2, "small"))
	})
}

func TestRequestThatIsHalfSentIsFinishedThoughItsCallerLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		s.room = 5
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		defer p.Close()
		leaves, cancel := context.WithCancel(ctx)
		first := goRoundTrip(leaves, p, "first")
		synctest.Wait()
		second := goRoundTrip(ctx, p, "second")
		synctest.Wait()
		posted := make(chan error, 1)
		go func() { posted <- p.Post(leaves, requestOf("third")) }()
		synctest.Wait()
		cancel()
		checkFailed(t, first, ErrCannotReceive, context.Canceled)
		check(t, <-posted, ErrCannotSend, 0, 17, context.Canceled)
		s.take(1000)
		sent := s.requests(t)
		if len(sent) != 2 || sent[0].body != "first" || sent[1].body != "second" {
			t.Fatalf("%q was sent", sent)
		}
		s.answer(sent[0].id, "")
		s.answer(sent[1].id, "")
		checkAnswered(t, second, responseTo(sent[1].id, ""))
	})
}
