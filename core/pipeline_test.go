package core

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

func TestResponsesGoToWhoAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		defer p.Close()
		var calls []<-chan result
		for i := range 3 {
			calls = append(calls, goRoundTrip(ctx, p, fmt.Sprint("request ", i)))
			synctest.Wait()
		}
		sent := s.requests(t)
		for i, r := range sent {
			if want := fmt.Sprint("request ", i); r.body != want {
				t.Errorf("request %d is %q, want %q", i, r.body, want)
			}
		}
		for _, i := range []int{1, 2, 0} { // Kafka answers in order, but that isn't relied on
			checkWaiting(t, calls[i])
			s.answer(sent[i].id, fmt.Sprint("response ", i))
			checkAnswered(t, calls[i], responseTo(sent[i].id, fmt.Sprint("response ", i)))
		}
	})
}

func TestRequestStaysAsItIsAndTheResponseUsesDst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		defer p.Close()
		for _, size := range []int{10, 3 * pipelineAhead} {
			body := strings.Repeat("r", size)
			req, dst := requestOf("body"), make([]byte, 3, 4*pipelineAhead)
			s.answer(p.lastID+1, body)
			got, err := p.RoundTrip(ctx, req, dst)
			if err != nil || string(got) != responseTo(p.lastID, body) {
				t.Fatal(len(got), err)
			}
			if &got[0] != &dst[0] {
				t.Errorf("a response of %d bytes isn't in the storage of dst", size)
			}
			if !bytes.Equal(req, requestOf("body")) {
				t.Errorf("the request was changed: %q", req)
			}

			s.answer(p.lastID+1, body)
			got, err = p.RoundTrip(ctx, req, make([]byte, 2))
			if err != nil || string(got) != responseTo(p.lastID, body) {
				t.Fatal(len(got), err)
			}
		}
	})
}

func TestResponsesSurviveAnyCutting(t *testing.T) {
	bodies := []string{"a", strings.Repeat("l", pipelineAhead), "", strings.Repeat("m", pipelineAhead/2), "b"}
	all := ""
	for i, body := range bodies {
		all += frame(responseTo(int32(i+1), body))
	}
	for _, size := range []int{1, 3, 4, 5, 8, 4096, pipelineAhead, len(all)} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newMemoryStream()
				p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
				defer p.Close()
				var calls []<-chan result
				for range bodies {
					calls = append(calls, goRoundTrip(ctx, p, "request"))
					synctest.Wait()
				}
				for rest := all; rest != ""; {
					n := min(size, len(rest))
					s.say(rest[:n])
					rest = rest[n:]
				}
				for i, body := range bodies {
					checkAnswered(t, calls[i], responseTo(int32(i+1), body))
				}
			})
		})
	}
}

func TestBadRequestsLeaveThePipelineOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{MaxFrame: 100}), PipelineOptions{MaxInFlight: 1})
		defer p.Close()
		for _, n := range []int{0, 7, 101} {
			_, err := p.RoundTrip(ctx, make([]byte, n), nil)
			check(t, err, ErrMismatchArgument, 0, 4+n, nil)
			check(t, p.Post(ctx, make([]byte, n)), ErrMismatchArgument, 0, 4+n, nil)
		}
		if sent := s.requests(t); len(sent) > 0 {
			t.Fatalf("%q was sent", sent)
		}
		call := goRoundTrip(ctx, p, strings.Repeat("x", 92))
		s.answer(s.requests(t)[0].id, "")
		checkAnswered(t, call, responseTo(1, ""))
	})
}

func TestInFlightIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{MaxInFlight: 3})
		defer p.Close()
		var calls []<-chan result
		for i := range 5 {
			calls = append(calls, goRoundTrip(ctx, p, fmt.Sprint(i)))
			synctest.Wait()
		}
		waits, cancel := context.WithCancel(ctx)
		leaver := goRoundTrip(waits, p, "never sent")
		checkWaiting(t, leaver)
		cancel()
		checkFailed(t, leaver, ErrCannotSend, context.Canceled)
		for i := range 5 {
			sent := s.requests(t)
			if len(sent) != min(i+3, 5) {
				t.Fatalf("after %d answers %d requests were sent", i, len(sent))
			}
			s.answer(sent[i].id, "")
			checkAnswered(t, calls[i], responseTo(sent[i].id, ""))
		}
		for _, r := range s.requests(t) {
			if r.body == "never sent" {
				t.Error("the request of a call that left while it waited for a place was sent")
			}
		}
	})
}

func TestRequestsThatWaitGoOutTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		s.room = 0
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		defer p.Close()
		var calls []<-chan result
		for range 100 {
			calls = append(calls, goRoundTrip(ctx, p, "request"))
			synctest.Wait()
		}
		s.take(1 << 20)
		for _, r := range s.requests(t) {
			s.answer(r.id, "")
		}
		for _, call := range calls {
			if r := <-call; r.err != nil {
				t.Fatal(r.err)
			}
		}
		if s.writes != 2 {
			t.Errorf("100 requests were sent in %d writes, of which the first waited", s.writes)
		}
	})
}

func TestPostReturnsWhenItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		s.room = 0
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{MaxInFlight: 1})
		defer p.Close()
		posted := make(chan error, 1)
		go func() { posted <- p.Post(ctx, requestOf("no answer")) }()
		synctest.Wait()
		select {
		case err := <-posted:
			t.Fatalf("it has returned before it was sent: %v", err)
		default:
		}
		s.take(1000)
		if err := <-posted; err != nil {
			t.Fatal(err)
		}
		if sent := s.requests(t); len(sent) != 1 || sent[0].body != "no answer" {
			t.Fatalf("%q was sent", sent)
		}
		call := goRoundTrip(ctx, p, "") // takes the place
		s.answer(s.requests(t)[1].id, "")
		checkAnswered(t, call, responseTo(2, ""))
	})
}
