package core

import (
	"context"
	"encoding/binary"
	"errors"
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
