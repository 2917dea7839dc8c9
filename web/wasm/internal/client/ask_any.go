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

// askAny asks the cluster what any broker knows, within requestTimeout. It doesn't wait for a silent broker: see first.
// Each broker gets a copy of the request: franz-go sets its version, by the broker.
func askAny[R kmsg.Response, T any, P interface {
	*T
	kmsg.Request
}](ctx context.Context, c *client, req P) (R, error) {
	resp, err := c.first(ctx, func() kmsg.Request {
		r := *req
		return P(&r)
	})
	answer, _ := resp.(R)
	return answer, err
}

// An answered is what a question got.
type answered struct {
	resp kmsg.Response
	err  error
}

// first asks, and again as long as there is no answer: franz-go takes brokers in turns, so it asks another one. It
// returns the first answer. Those that are slow may still answer: an end of their requests would break their
// connections.
func (c *client) first(ctx context.Context, req func() kmsg.Request) (kmsg.Response, error) {
	answers := make(chan answered, mostAsked)
	another := func() {
		resp, err := ask(context.WithoutCancel(ctx), c, func(ctx context.Context, r kmsg.Requestor) (kmsg.Response, error) {
			return r.Request(ctx, req())
		})
		answers <- answered{resp, err}
	}
	late := time.NewTicker(anotherAfter)
	defer late.Stop()
	end := time.After(requestTimeout)
	go another()
	failure := errSlow
	for asked, failed := 1, 0; ; {
		select {
		case a := <-answers:
			if failed++; a.err == nil || failed == asked {
				return a.resp, a.err
			}
			failure = a.err // which says more than that another is silent
		case <-late.C:
			if asked < mostAsked {
				asked++
				go another()
			}
		case <-end:
			return nil, failure
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
