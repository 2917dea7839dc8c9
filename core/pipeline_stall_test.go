package core

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A caller may wait for a place longer than the stall timeout, while the responses of others come.
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

// A broker that reads a request late still has the whole stall timeout to answer it.
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

// A request that waits behind a blocked write was not sent.
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

func TestStallEndsTheConnection(t *testing.T) {
	const stall = 10 * time.Second
	for _, row := range []struct {
		name  string
		says  string
		room  int
		leave bool // the caller does, before
		code  Code
		done  int
		want  int
	}{
		{"no answer", "", 1000, false, ErrCannotReceive, 0, 4},
		{"half an answer", frame(responseTo(1, "abc"))[:6], 1000, false, ErrCannotReceive, 6, 11},
		{"no answer to a call that left", "", 1000, true, ErrCannotReceive, 0, 4},
		{"the broker takes nothing", "", 5, false, ErrCannotSend, 5, 12},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newMemoryStream()
				s.room = row.room
				p := NewPipeline(NewConn(s, Options{}), PipelineOptions{StallTimeout: stall})
				time.Sleep(time.Hour) // when nothing is in flight it may be quiet
				s.say(row.says)
				callCtx, cancel := ctx, func() {}
				if row.leave {
					callCtx, cancel = context.WithTimeout(ctx, time.Second)
				}
				defer cancel()
				start := time.Now()
				_, err := p.RoundTrip(callCtx, requestOf(""), nil)
				<-p.conn.closed
				if took := time.Since(start); took < stall || took > stall+stall/10 {
					t.Errorf("a stall timeout of %v took %v", stall, took)
				}
				if row.leave {
					check(t, err, ErrCannotReceive, 0, 4, context.DeadlineExceeded)
					err = p.conn.whyClosed().reason
				}
				check(t, err, row.code, row.done, row.want, os.ErrDeadlineExceeded)
				if !err.(*Error).Timeout() {
					t.Errorf("%v is no timeout", err)
				}
			})
		})
	}
}

func TestWhatMovesIsNotStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{StallTimeout: time.Second})
		defer p.Close()
		s.room = 0
		call := goRoundTrip(ctx, p, strings.Repeat("x", 4*writePiece))
		for range 5 { // a large request
			time.Sleep(900 * time.Millisecond)
			s.take(writePiece)
		}
		for _, b := range []byte(frame(responseTo(1, "slow"))) {
			time.Sleep(900 * time.Millisecond)
			s.say(string(b))
		}
		checkAnswered(t, call, responseTo(1, "slow"))
	})
}

// Neither requests that go out nor callers that come and go restart the stall timeout.
func TestStallIsSeenThoughOthersKeepAsking(t *testing.T) {
	for _, patient := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := newMemoryStream()
			p := NewPipeline(NewConn(s, Options{}), PipelineOptions{StallTimeout: 10 * time.Second})
			start := time.Now()
			for range 9 {
				callCtx, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				if patient {
					callCtx = ctx
				}
				goRoundTrip(callCtx, p, "")
				time.Sleep(time.Second)
			}
			_, err := p.RoundTrip(ctx, requestOf(""), nil)
			check(t, err, ErrCannotReceive, 0, 4, os.ErrDeadlineExceeded)
			if took := time.Since(start); took < 10*time.Second || took > 11*time.Second {
				t.Errorf("patient %v: it took %v", patient, took)
			}
		})
	}
}

func TestNoStallTimeoutWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		c := NewConn(s, Options{})
		s.say("x")
		if _, err := c.Receive(ctx, 1); err != nil { // and leaves a deadline
			t.Fatal(err)
		}
		p := NewPipeline(c, PipelineOptions{StallTimeout: NoTimeout})
		defer p.Close()
		call := goRoundTrip(ctx, p, "")
		time.Sleep(1000 * time.Hour)
		s.answer(1, "at last")
		checkAnswered(t, call, responseTo(1, "at last"))
	})
}
