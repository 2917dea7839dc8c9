package port_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is longer than anything here takes.
const patience = 30 * time.Second

// describeError keeps an *port.Error, and gives others a code of the tests'.
func describeError(err error) *port.Error {
	if e, ok := errors.AsType[*port.Error](err); ok {
		return e
	}
	return &port.Error{Code: "OTHER", Message: err.Error()}
}

// serve runs a Server with methods until the test ends.
func serve(t *testing.T, methods map[string]port.Method) (context.Context, *porttest.Page, *port.Server) {
	t.Helper()
	program, page := porttest.Pipe(t)
	s := port.NewServer(program, methods, describeError)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; !errors.Is(err, context.Canceled) {
			t.Errorf("Serve: %v", err)
		}
	})
	return ctx, page, s
}

// codeOf is the code of an error that the page has got.
func codeOf(err error) string {
	e, _ := errors.AsType[*port.Error](err)
	if e == nil {
		return ""
	}
	return e.Code
}

func untilEnd(ctx context.Context, _ *port.Call) (any, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestACallHasItsOptionsBytesAndResult(t *testing.T) {
	ctx, page, _ := serve(t, map[string]port.Method{
		"repeat": func(_ context.Context, c *port.Call) (any, error) {
			var o struct{ Times int }
			if err := c.Options(&o); err != nil {
				return nil, err
			}
			var b []byte
			for range o.Times {
				b = append(b, c.Bytes...)
			}
			return b, nil
		},
	})
	got, err := page.Start(nil, "repeat", map[string]any{"times": 3}, []byte("ab"), 0).Result(ctx)
	if b, _ := got.([]byte); string(b) != "ababab" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := page.Do(ctx, "repeat", map[string]any{"times": "three"}); codeOf(err) != port.CodeMismatchArgument {
		t.Errorf("options that make no sense: %v", err)
	}
	if _, err := page.Do(ctx, "repaet", nil); codeOf(err) != port.CodeMismatchArgument {
		t.Errorf("a method that isn't there: %v", err)
	}
}

func TestACancelledCallEndsAsAborted(t *testing.T) {
	ctx, page, _ := serve(t, map[string]port.Method{
		"wait": untilEnd,
		"write": func(ctx context.Context, _ *port.Call) (any, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		},
		"late": func(ctx context.Context, _ *port.Call) (any, error) {
			<-ctx.Done()
			return "done all the same", nil
		},
		"broken": func(ctx context.Context, _ *port.Call) (any, error) {
			<-ctx.Done()
			return nil, errors.New("another error")
		},
	})
	for method, want := range map[string]string{"wait": port.CodeAborted, "write": port.CodeAborted, "late": "", "broken": "OTHER"} {
		call := page.Start(nil, method, nil, nil, 0)
		call.Cancel()
		if _, err := call.Result(ctx); codeOf(err) != want {
			t.Errorf("%s: %v", method, err)
		}
		call.Cancel() // is over: changes nothing
	}
}

func TestItemsWaitForCredit(t *testing.T) { synctest.Test(t, itemsWaitForCredit) }

func itemsWaitForCredit(t *testing.T) {
	sent := make(chan int, 10)
	ctx, page, _ := serve(t, map[string]port.Method{
		"count": func(_ context.Context, c *port.Call) (any, error) {
			for i := range 5 {
				if err := c.Send(i); err != nil {
					return nil, err
				}
				sent <- i
			}
			return "end", nil
		},
	})
	call := page.Start(nil, "count", nil, nil, 2)
	synctest.Wait()
	if len(sent) != 2 {
		t.Errorf("%d items were sent on credit for 2", len(sent))
	}
	for want := range 5 {
		if got := call.Item(ctx); got != float64(want) {
			t.Errorf("item %d is %v", want, got)
		}
	}
	if got, err := call.Result(ctx); got != "end" || err != nil {
		t.Errorf("the result is %v, %v", got, err)
	}
}

func TestCancelFreesACallThatWaitsForCredit(t *testing.T) {
	ctx, page, _ := serve(t, map[string]port.Method{
		"send": func(_ context.Context, c *port.Call) (any, error) { return nil, c.Send(1) },
	})
	call := page.Start(nil, "send", nil, nil, 0)
	call.Cancel()
	if _, err := call.Result(ctx); codeOf(err) != port.CodeAborted {
		t.Error(err)
	}
}

func TestACallOnAnotherUsesWhatThatProvides(t *testing.T) {
	late := make(chan struct{})
	ctx, page, _ := serve(t, map[string]port.Method{
		"open": func(ctx context.Context, c *port.Call) (any, error) {
			c.Provide(new(int))
			c.Send("open")
			<-ctx.Done()
			<-late
			return nil, ctx.Err()
		},
		"add": func(_ context.Context, c *port.Call) (any, error) {
			n, err := port.On[*int](c)
			if err != nil {
				return nil, err
			}
			*n++
			return *n, nil
		},
		"wait": untilEnd,
	})
	open := page.Start(nil, "open", nil, nil, 1)
	open.Item(ctx)
	for want := range 3 {
		if got, err := open.On(ctx, "add", nil, nil); got != float64(want+1) || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
	}
	open.Cancel()
	if _, err := open.On(ctx, "add", nil, nil); codeOf(err) != port.CodeClosed {
		t.Errorf("on a call that is to end: %v", err)
	}
	close(late)
	open.Result(ctx)
	if _, err := open.On(ctx, "add", nil, nil); codeOf(err) != port.CodeClosed {
		t.Errorf("on a call that has ended: %v", err)
	}
	if _, err := page.Start(nil, "wait", nil, nil, 0).On(ctx, "add", nil, nil); codeOf(err) != port.CodeClosed {
		t.Errorf("on a call that provides nothing: %v", err)
	}
}

func TestCloseCallsEndsThemAndTakesNoMore(t *testing.T) {
	closed := &port.Error{Code: port.CodeClosed, Message: "closed"}
	var s *port.Server
	ctx, page, server := serve(t, map[string]port.Method{
		"wait": untilEnd,
		"close": func(ctx context.Context, c *port.Call) (any, error) {
			s.CloseCalls(closed, c)
			return "closed", ctx.Err()
		},
	})
	s = server
	waiting := page.Start(nil, "wait", nil, nil, 0)
	if got, err := page.Do(ctx, "close", nil); got != "closed" || err != nil {
		t.Errorf("close: %v, %v", got, err)
	}
	if _, err := waiting.Result(ctx); codeOf(err) != port.CodeClosed {
		t.Errorf("a call that ran: %v", err)
	}
	if _, err := page.Do(ctx, "wait", nil); codeOf(err) != port.CodeClosed {
		t.Errorf("a later call: %v", err)
	}
}

// one is a Port with a single message.
type one string

func (o one) Receive(context.Context) (port.Message, error) {
	return port.Message{Text: []byte(o)}, nil
}
func (one) Post(...[]byte) {}

func TestAMessageThatMakesNoSenseEndsTheServer(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"call": -1}`, `{"call": "1"}`, `{}`, `{"items": 3}`} {
		if err := port.NewServer(one(text), nil, describeError).Serve(t.Context()); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
