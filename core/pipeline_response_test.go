package core

import (
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
)

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
