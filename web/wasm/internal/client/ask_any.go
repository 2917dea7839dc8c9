package client

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	// anotherAfter is how long an answer may take until another broker is asked, too.
	anotherAfter = time.Second
	// mostAsked is how many brokers are asked for one answer.
	mostAsked = 3
)

// A question is a request that any broker answers, and that changes nothing.
type question[T, R any] interface {
	*T
	RequestWith(ctx context.Context, r kmsg.Requestor) (R, error)
}

// askAny asks the cluster what any broker knows, within requestTimeout. It doesn't wait for a silent broker: franz-go
// takes brokers in turns, so a further request goes to another one. Those that are slow may still answer: an end of
// their requests would break their connections.
func askAny[T, R any, Q question[T, R]](ctx context.Context, c *client, q Q) (R, error) {
	type answer struct {
		resp R
		err  error
	}
	answers := make(chan answer, mostAsked)
	another := func() {
		req := *q // franz-go sets its version, by the broker
		go func() {
			resp, err := ask(context.WithoutCancel(ctx), c, Q(&req).RequestWith)
			answers <- answer{resp, err}
		}()
	}
	late := time.NewTicker(anotherAfter)
	defer late.Stop()
	end := time.NewTimer(requestTimeout)
	defer end.Stop()
	another()
	for asked, failed := 1, 0; ; {
		select {
		case a := <-answers:
			if failed++; a.err == nil || failed == asked {
				return a.resp, a.err
			}
		case <-late.C:
			if asked < mostAsked {
				asked++
				another()
			}
		case <-end.C:
			var none R
			return none, errSlow
		case <-ctx.Done():
			var none R
			return none, context.Cause(ctx)
		}
	}
}
