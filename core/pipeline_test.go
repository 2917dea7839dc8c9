package core

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// requestOf returns a request payload, with a correlation ID that a Pipeline never assigns.
func requestOf(body string) []byte { return []byte("\x00\x03\x00\x01\xff\xff\xff\xff" + body) }

// A sentRequest is a request as a broker sees it.
type sentRequest struct {
	id   int32
	body string
}

// requests waits until all bytes are sent, and returns the requests in them. It leaves out a partial one.
func (s *memoryStream) requests(t *testing.T) (all []sentRequest) {
	t.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for rest := s.written; len(rest) > 0; {
		n := 4 + int(binary.BigEndian.Uint32(rest))
		if len(rest) < n || n < 12 {
			t.Fatalf("%q is no whole request", rest)
		}
		if key := string(rest[4:8]); key != "\x00\x03\x00\x01" {
			t.Fatalf("a request was sent with API key and version %q", key)
		}
		all = append(all, sentRequest{int32(binary.BigEndian.Uint32(rest[8:])), string(rest[12:n])})
		rest = rest[n:]
	}
	return all
}

// responseTo is a response payload.
func responseTo(id int32, body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(id))) + body
}

func (s *memoryStream) answer(id int32, body string) { s.say(frame(responseTo(id, body))) }

// A result is the result of a call.
type result struct {
	response []byte
	err      error
	took     time.Duration
}

// goRoundTrip starts a call, and returns a channel for its result.
func goRoundTrip(ctx context.Context, p *Pipeline, body string) <-chan result {
	results := make(chan result, 1)
	start := time.Now()
	go func() {
		response, err := p.RoundTrip(ctx, requestOf(body), nil)
		results <- result{response, err, time.Since(start)}
	}()
	return results
}

// checkAnswered fails unless the call has returned, and has this response.
func checkAnswered(t *testing.T, results <-chan result, want string) {
	t.Helper()
	synctest.Wait()
	select {
	case r := <-results:
		if r.err != nil || string(r.response) != want {
			t.Fatalf("got %q, %v; %q was expected", r.response, r.err, want)
		}
	default:
		t.Fatal("the call hasn't returned")
	}
}

// checkWaiting fails if the call has returned.
func checkWaiting(t *testing.T, results <-chan result) {
	t.Helper()
	synctest.Wait()
	select {
	case r := <-results:
		t.Fatalf("the call has returned: %q, %v", r.response, r.err)
	default:
	}
}

// checkFailed fails unless the call has returned with an error of this code and cause.
func checkFailed(t *testing.T, results <-chan result, code Code, cause error) {
	t.Helper()
	synctest.Wait()
	select {
	case r := <-results:
		if !errors.Is(r.err, code) || !errors.Is(r.err, cause) || r.response != nil {
			t.Fatalf("got %q, %v; %v with %v was expected", r.response, r.err, code, cause)
		}
	default:
		t.Fatal("the call hasn't returned")
	}
}

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

func TestUnexpectedResponseClosesTheConnection(t *testing.T) {
	for name, says := range map[string]string{
		"an id that no request had":       frame(responseTo(77, "")),
		"an id that was answered already": frame(responseTo(1, "")) + frame(responseTo(1, "")),
		"an id that was posted":           frame(responseTo(3, "")),
		"one that is large":               "\x06\x40\x00\x00" + responseTo(77, "ten bytes."),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newMemoryStream()
				p := NewPipeline(NewConn(s, Options{Addr: "broker:9092"}), PipelineOptions{})
				goRoundTrip(ctx, p, "")
				synctest.Wait()
				second := goRoundTrip(ctx, p, "")
				synctest.Wait()
				if err := p.Post(ctx, requestOf("")); err != nil {
					t.Fatal(err)
				}
				s.say(says)
				r := <-second
				check(t, r.err, ErrMismatchCorrelationID, 4, 0, nil)
				if !strings.Contains(r.err.Error(), "is of no request in flight") {
					t.Error(r.err)
				}
				_, err := p.RoundTrip(ctx, requestOf(""), nil)
				check(t, err, ErrNoConnection, 0, 12, net.ErrClosed)
				if errors.Is(err, ErrMismatchCorrelationID) {
					t.Errorf("%v: that was another call's", err)
				}
			})
		})
	}
}

func TestBrokenResponsesNameTheirCause(t *testing.T) {
	for says, cause := range map[string]string{
		"HTTP/1.1 400 Bad Request\r\n": "this is an HTTP server",
		"\x15\x03\x03\x00\x02\x02\x32": "this port speaks TLS",
		"\xff\xff\xff\xff":             "length -1",
		"\x00\x00\x00\x00":             "length 0",
		"\x7f\xff\xff\xff":             "length 2147483647 is over the 104857600 limit",
		"\x00\x00\x00\x03abc":          "a response of 3 bytes has no correlation id",
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newMemoryStream(says)
			p := NewPipeline(NewConn(s, Options{Addr: "broker:9092"}), PipelineOptions{})
			_, err := p.RoundTrip(ctx, requestOf(""), nil)
			check(t, err, ErrCannotReceive, 4, 0, nil)
			if !strings.HasPrefix(err.Error(), "kafkaio: receive from broker:9092: "+cause) {
				t.Errorf("%q: %v", says, err)
			}
		})
	}
}

// A response that comes in the same read as a good one is checked in the same way.
func TestBrokenResponseBehindAGoodOne(t *testing.T) {
	for says, want := range map[string]struct {
		code  Code
		cause string
	}{
		frame(responseTo(2, strings.Repeat("x", 200))): {ErrCannotReceive, "length 204 is over the 100 limit"},
		frame("abc"):               {ErrCannotReceive, "a response of 3 bytes has no correlation id"},
		frame(responseTo(77, "x")): {ErrMismatchCorrelationID, "correlation id 77 is of no request in flight"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newMemoryStream()
			p := NewPipeline(NewConn(s, Options{MaxFrame: 100}), PipelineOptions{})
			first := goRoundTrip(ctx, p, "")
			synctest.Wait()
			second := goRoundTrip(ctx, p, "")
			synctest.Wait()
			s.say(frame(responseTo(1, "good")) + says)
			checkAnswered(t, first, responseTo(1, "good"))
			r := <-second
			check(t, r.err, want.code, 4, 0, nil)
			if !strings.Contains(r.err.Error(), want.cause) {
				t.Error(r.err)
			}
		})
	}
}

func TestLyingLengthCostsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream("\x06\x40\x00\x00" + responseTo(1, "ten bytes.")) // 100 MiB, it says
		s.end = io.EOF
		p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := p.RoundTrip(ctx, requestOf(""), nil)
		runtime.ReadMemStats(&after)
		check(t, err, ErrCannotReceive, 18, 4+100<<20, io.ErrUnexpectedEOF)
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
			t.Errorf("%d bytes were allocated", got)
		}
	})
}
