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
// req makes the request, anew each time: franz-go sets its version, by the broker.
func askAny[R kmsg.Response](ctx context.Context, c *client, req func() kmsg.Request) (R, error) {
	resp, err := c.first(ctx, req)
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
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
		defer cancel()
		resp, err := c.kafka.Request(ctx, req())
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
