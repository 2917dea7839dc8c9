package core

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestBrokenConnectionFailsAllWithItsCause(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	for _, row := range []struct {
		name  string
		says  string
		end   error
		code  Code
		cause error
	}{
		{"closed", "", io.EOF, ErrNoConnection, io.EOF},
		{"closed midway", "\x00", io.EOF, ErrCannotReceive, io.ErrUnexpectedEOF},
		{"reset", "", reset, ErrNoConnection, syscall.ECONNRESET},
		{"reset midway", "\x00", reset, ErrCannotReceive, syscall.ECONNRESET},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newMemoryStream()
				p := NewPipeline(NewConn(s, Options{}), PipelineOptions{MaxInFlight: 3})
				var calls []<-chan result
				for range 5 {
					calls = append(calls, goRoundTrip(ctx, p, ""))
					synctest.Wait()
				}
				s.say(row.says)
				s.hangUp(row.end)
				for _, call := range calls[:3] {
					checkFailed(t, call, row.code, row.cause)
				}
				for _, call := range calls[3:] { // they waited for a place
					checkFailed(t, call, ErrNoConnection, row.cause)
				}
				checkFailed(t, goRoundTrip(ctx, p, ""), ErrNoConnection, net.ErrClosed)
				check(t, p.Post(ctx, requestOf("")), ErrNoConnection, 0, 12, row.cause)
				var ne *net.OpError
				if _, err := p.RoundTrip(ctx, requestOf(""), nil); row.end == error(reset) && !errors.As(err, &ne) {
					t.Errorf("%v hides its *net.OpError", err)
				}
				if sent := s.requests(t); len(sent) != 3 {
					t.Errorf("%d requests were sent", len(sent))
				}
			})
		})
	}
}

func TestEndOfAnIdleConnectionIsSeenBeforeTheNextRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		s.answer(1, "")
		if _, err := p.RoundTrip(ctx, requestOf(""), nil); err != nil {
			t.Fatal(err)
		}
		s.hangUp(io.EOF)
		time.Sleep(3 * watchPause)
		_, err := p.RoundTrip(ctx, requestOf(""), nil)
		check(t, err, ErrNoConnection, 0, 12, io.EOF)
		if sent := s.requests(t); len(sent) != 1 {
			t.Errorf("%d requests were sent", len(sent))
		}
	})
}

// While a caller writes, it can't receive, so watch must see the connection end.
func TestEndOfTheConnectionIsSeenWhileARequestIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		s.room = 5
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		call := goRoundTrip(ctx, p, "")
		synctest.Wait()
		s.hangUp(io.EOF)
		time.Sleep(3 * watchPause)
		checkFailed(t, call, ErrNoConnection, io.EOF)
	})
}

func TestCloseFreesAllCalls(t *testing.T) {
	for name, closePipeline := range map[string]func(*Pipeline) error{
		"Pipeline":     (*Pipeline).Close,
		"its own Conn": func(p *Pipeline) error { return p.conn.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newMemoryStream()
				s.room = 30
				p := NewPipeline(NewConn(s, Options{}), PipelineOptions{MaxInFlight: 3})
				calls := []<-chan result{goRoundTrip(ctx, p, ""), goRoundTrip(ctx, p, "")}
				synctest.Wait()
				posted := make(chan error, 1)
				go func() { posted <- p.Post(ctx, requestOf("")) }()
				synctest.Wait()
				calls = append(calls, goRoundTrip(ctx, p, ""))
				synctest.Wait()
				start := time.Now()
				for range 2 {
					if err := closePipeline(p); err != nil {
						t.Fatal(err)
					}
				}
				for _, call := range calls {
					checkFailed(t, call, ErrNoConnection, net.ErrClosed)
				}
				if err := <-posted; !errors.Is(err, ErrNoConnection) {
					t.Error(err)
				}
				checkFailed(t, goRoundTrip(ctx, p, ""), ErrNoConnection, net.ErrClosed)
				if took := time.Since(start); took != 0 {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestAThousandTimeoutsAtOnceFreeEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{StallTimeout: time.Minute})
		all, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		var calls sync.WaitGroup
		start := time.Now()
		for range 1000 {
			calls.Go(func() {
				_, err := p.RoundTrip(all, requestOf(""), nil)
				if !errors.Is(err, context.DeadlineExceeded) || !err.(*Error).Timeout() {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v", took)
		}
		// The broker wakes up, and all places are free again.
		time.Sleep(2 * watchPause)
		for _, r := range s.requests(t) {
			s.answer(r.id, "late")
		}
		synctest.Wait()
		if free := len(p.places); free != DefaultMaxInFlight || p.inFlight != 0 {
			t.Errorf("%d places are free, %d are in flight", free, p.inFlight)
		}
		p.Close() // synctest.Test fails if a goroutine is left
	})
}

func TestCorrelationIDsWrapAround(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{MaxInFlight: 2})
		defer p.Close()
		stays := goRoundTrip(ctx, p, "") // has an id whose slot others come by
		synctest.Wait()
		p.lastID = math.MaxInt32 - 2
		for range 5 {
			call := goRoundTrip(ctx, p, "")
			sent := s.requests(t)
			id := sent[len(sent)-1].id
			if id < 0 || id == sent[0].id {
				t.Fatalf("an id of %d", id)
			}
			s.answer(id, "")
			checkAnswered(t, call, responseTo(id, ""))
		}
		s.answer(1, "")
		checkAnswered(t, stays, responseTo(1, ""))
	})
}

func TestStreamWithoutDeadlinesFailsAPipeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPipeline(NewConn(&noDeadlines{newMemoryStream()}, Options{}), PipelineOptions{})
		_, err := p.RoundTrip(ctx, requestOf(""), nil)
		if !errors.Is(err, os.ErrNoDeadline) {
			t.Error(err)
		}
	})
}

func TestValueIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPipeline(NewConn(newMemoryStream(), Options{Addr: "broker:9092"}), PipelineOptions{})
		defer p.Close()
		type key struct{}
		first := p.Value(key{}, func() any { return new(int) })
		second := p.Value(key{}, func() any { return new(int) })
		if first != second || p.Addr() != "broker:9092" {
			t.Error(first, second, p.Addr())
		}
	})
}
