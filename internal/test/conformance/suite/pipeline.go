package suite

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
)

// pipeline connects to the peer and gives it a script.
func (s Setup) pipeline(t *testing.T, script string, o core.PipelineOptions) *core.Pipeline {
	t.Helper()
	p := core.NewPipeline(s.dial(t, script), o)
	t.Cleanup(func() { p.Close() })
	return p
}

// request is an API key, a version, room for the correlation id, and a body.
func request(body string) []byte { return append(make([]byte, 8), body...) }

// wantAnswer makes a request, and checks that it is what was answered.
func wantAnswer(ctx context.Context, p *core.Pipeline, body string, buf []byte) ([]byte, error) {
	answer, err := p.RoundTrip(ctx, request(body), buf)
	if err == nil && string(answer[4:]) != body {
		err = fmt.Errorf("the request %.40q got the answer %.40q", body, answer[4:])
	}
	return answer, err
}

// The peer answers in another order than it was asked.
func pipelineMatchesAnswers(t *testing.T, s Setup) {
	const callers, rounds = 16, 50
	p := s.pipeline(t, fmt.Sprintf("respond %d", callers), core.PipelineOptions{})
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			var buf []byte
			for round := range rounds {
				body := fmt.Sprintf("%d of %d: %s", round, caller, bytes.Repeat([]byte("x"), caller*100))
				var err error
				if buf, err = wantAnswer(t.Context(), p, body, buf); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// The answer to a call that was cancelled comes later, and disturbs nobody.
func pipelineCallIsCancelled(t *testing.T, s Setup) {
	p := s.pipeline(t, "respond 2", core.PipelineOptions{})
	ctx, cancel := cancellable(t)
	first := start(func() error {
		_, err := p.RoundTrip(ctx, request("nobody waits for this one"), nil)
		return err
	})
	time.AfterFunc(50*time.Millisecond, cancel)
	<-ctx.Done()
	err := first.waitPromptly(t, time.Now())
	e, _ := err.(*kafkaio.Error)
	if e == nil {
		t.Fatalf("got %T %v, want a *kafkaio.Error", err, err)
	}
	wantError(t, err, e.Code, context.Canceled)
	if e.Code == kafkaio.ErrCannotSend { // nothing was sent: the machine is busy
		go p.RoundTrip(t.Context(), request("in its place"), nil)
	}
	if _, err := wantAnswer(t.Context(), p, "the second", nil); err != nil {
		t.Errorf("the call beside one that was cancelled: %v", err)
	}
	third := start(func() error {
		_, err := wantAnswer(t.Context(), p, "the third", nil)
		return err
	})
	if _, err := wantAnswer(t.Context(), p, "the fourth", nil); err != nil {
		t.Error(err)
	}
	if err := third.wait(t); err != nil {
		t.Error(err)
	}
}

// The peer answers when all posts have come, and the last request first.
func pipelinePosts(t *testing.T, s Setup) {
	const posts = 100
	p := s.pipeline(t, fmt.Sprintf("respond %d", posts+1), core.PipelineOptions{})
	for range posts {
		if err := p.Post(t.Context(), request("no answer")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := wantAnswer(t.Context(), p, "after the posts", nil); err != nil {
		t.Error(err)
	}
}

func pipelineStalls(t *testing.T, s Setup) {
	const limit = 300 * time.Millisecond
	p := s.pipeline(t, "hold", core.PipelineOptions{StallTimeout: limit})
	started := time.Now()
	_, err := p.RoundTrip(t.Context(), request("anybody?"), nil)
	took := time.Since(started)
	wantError(t, err, kafkaio.ErrCannotReceive)
	wantTimeout(t, err, limit, took)
	_, err = p.RoundTrip(t.Context(), request("still nobody?"), nil)
	wantError(t, err, kafkaio.ErrNoConnection)
}

// Every call in flight fails with what breaks the connection. The peer takes all requests before it breaks the
// connection: a later one may fail with a broken pipe.
func pipelineBreaks(t *testing.T, s Setup) {
	const callers = 8
	p := s.pipeline(t, fmt.Sprintf("take %d; reset", callers), core.PipelineOptions{})
	var calls []*call
	for range callers {
		calls = append(calls, start(func() error {
			_, err := p.RoundTrip(t.Context(), request("to be broken"), nil)
			return err
		}))
	}
	for _, c := range calls {
		err := c.wait(t)
		e, _ := err.(*kafkaio.Error)
		if e == nil {
			t.Fatalf("got %T %v, want a *kafkaio.Error", err, err)
		}
		wantError(t, err, e.Code, syscall.ECONNRESET)
	}
	_, err := p.RoundTrip(t.Context(), request("too late"), nil)
	wantError(t, err, kafkaio.ErrNoConnection)
}

func pipelineAnswerToNobody(t *testing.T, s Setup) {
	p := s.pipeline(t, hexStep("\x00\x00\x00\x04\x7f\xff\xff\xff")+"; hold", core.PipelineOptions{})
	_, err := p.RoundTrip(t.Context(), request("who asked?"), nil)
	wantError(t, err, kafkaio.ErrMismatchCorrelationID)
	_, err = p.RoundTrip(t.Context(), request("closed"), nil)
	wantError(t, err, kafkaio.ErrNoConnection)
}
