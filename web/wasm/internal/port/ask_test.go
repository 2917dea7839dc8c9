package port_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

func TestQuestions(t *testing.T) {
	ask := func(ctx context.Context, c *port.Call) (any, error) {
		answer, err := c.Ask(ctx, "colour", map[string]string{"of": "grass"})
		if err != nil {
			return nil, err
		}
		var colour string
		err = json.Unmarshal(answer, &colour)
		return colour, err
	}
	ctx, page, _ := serve(t, map[string]port.Method{"ask": ask, "ask briefly": func(ctx context.Context, c *port.Call) (any, error) {
		ctx, cancel := context.WithCancelCause(ctx)
		cancel(errors.New("no time"))
		return ask(ctx, c)
	}})

	var asked uint32
	page.Answer = func(_ context.Context, call uint32, callback string, argument any) (any, error) {
		asked = call
		return callback + " of " + argument.(map[string]any)["of"].(string), nil
	}
	call := page.Start(nil, "ask", nil, nil, 0)
	if got, err := call.Result(ctx); got != "colour of grass" || err != nil || asked != call.ID {
		t.Errorf("call %d was answered %v, %v, as %d", call.ID, got, err, asked)
	}

	page.Answer = func(context.Context, uint32, string, any) (any, error) { return nil, errors.New("blind") }
	_, err := page.Do(ctx, "ask", nil)
	if e, _ := errors.AsType[*port.Error](err); e == nil || e.Code != port.CodeCallback || e.Question == 0 {
		t.Errorf("a callback that throws: %v", err)
	}

	retracted := make(chan struct{})
	page.Answer = func(ctx context.Context, _ uint32, _ string, _ any) (any, error) {
		<-ctx.Done()
		retracted <- struct{}{}
		return nil, nil
	}
	if _, err := page.Do(ctx, "ask briefly", nil); codeOf(err) != "OTHER" {
		t.Errorf("a callback that doesn't settle in time: %v", err)
	}
	<-retracted
}
