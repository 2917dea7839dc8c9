package rpc

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// Throttled returns how long the next request on p will wait because a broker said that the client
// is over a quota (KIP-219): brokers since 2.0 answer at once, with the time that the client has
// to keep silent in the response, and read nothing from it for as long. The wait of a request is
// bounded by its context.
func Throttled(p *core.Pipeline) time.Duration { return max(clientOf(p).throttledFor(), 0) }

func (c *client) throttledFor() time.Duration {
	return time.Duration(c.throttled.Load()) - time.Since(c.start)
}

// noteThrottle has later requests wait as the response says.
func (c *client) noteThrottle(resp kmsg.Response) {
	r, ok := resp.(kmsg.ThrottleResponse)
	if !ok {
		return
	}
	// An older broker has waited before it answered.
	if millis, after := r.Throttle(); after && millis > 0 {
		until := int64(time.Since(c.start) + time.Duration(millis)*time.Millisecond)
		for {
			before := c.throttled.Load()
			if before >= until || c.throttled.CompareAndSwap(before, until) {
				return
			}
		}
	}
}

func (c *client) waitThrottle(ctx context.Context) error {
	if c.throttled.Load() == 0 {
		return nil
	}
	for {
		wait := c.throttledFor()
		if wait <= 0 {
			return nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C: // and perhaps to be throttled for longer
		case <-c.pipeline.Done():
			timer.Stop()
			return nil // whose next call says why
		case <-ctx.Done():
			timer.Stop()
			return c.notSent(ctx.Err())
		}
	}
}
