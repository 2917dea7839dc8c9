//go:build !js

package client

import (
	"context"
	"slices"
	"testing"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

// A pageFrame is one of the members of a frame in a page.
type pageFrame map[string]any

func (f pageFrame) text(name string) string {
	s, _ := f[name].(string)
	return s
}

// frameReader reads the frames of a client.
type frameReader struct {
	ctx     context.Context
	page    *porttest.Page
	call    *porttest.Call
	frames  []pageFrame
	dropped int
}

// captureFrames begins to read frames of a client. It asks for topics until it has some.
func captureFrames(ctx context.Context, t *testing.T, page *porttest.Page, captureBytes int) *frameReader {
	t.Helper()
	r := &frameReader{ctx: ctx, page: page, call: page.Start(nil, "frames", map[string]any{"captureBytes": captureBytes}, nil, 1)}
	seen, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			page.Do(ctx, "cluster", nil)
			select {
			case <-seen:
				return
			default:
			}
		}
	}()
	r.next(t)
	close(seen)
	<-stopped
	return r
}

func (r *frameReader) next(t *testing.T) {
	t.Helper()
	item := r.call.Item(r.ctx).(map[string]any)
	for _, f := range item["frames"].([]any) {
		r.frames = append(r.frames, f.(map[string]any))
	}
	r.dropped += int(item["dropped"].(float64))
}

// until reads up to the first frame that is wanted, and returns it.
func (r *frameReader) until(t *testing.T, wanted func(pageFrame) bool) pageFrame {
	t.Helper()
	for {
		if i := slices.IndexFunc(r.frames, wanted); i >= 0 {
			return r.frames[i]
		}
		r.next(t)
	}
}

// untilAPI reads up to a response of an API.
func (r *frameReader) untilAPI(t *testing.T, api string) pageFrame {
	t.Helper()
	return r.until(t, func(f pageFrame) bool { return f["api"] == api && f["direction"] == "response" })
}

// decode returns the fields of a frame.
func (r *frameReader) decode(t *testing.T, f pageFrame) []any {
	t.Helper()
	options := map[string]any{}
	for _, name := range []string{"direction", "apiKey", "apiVersion", "size", "redacted"} {
		if v, ok := f[name]; ok {
			options[name] = v
		}
	}
	b, _ := f["bytes"].([]byte)
	field, err := r.page.Start(nil, "decodeFrame", options, b, 0).Result(r.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return field.([]any)
}

// end is where the last leaf of a field ends, if each begins where the one before it ends.
func end(t *testing.T, field []any, at float64) float64 {
	t.Helper()
	fields := field[5].([]any)
	if len(fields) == 0 {
		if field[3] != at {
			t.Errorf("%v begins at %v, want %v", field[0], field[3], at)
		}
		return field[4].(float64)
	}
	for _, part := range fields {
		at = end(t, part.([]any), at)
	}
	return at
}

func countFrames(frames []pageFrame, wanted func(pageFrame) bool) (n int) {
	for _, f := range frames {
		if wanted(f) {
			n++
		}
	}
	return n
}
