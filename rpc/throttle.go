package rpc

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// Throttled returns how long the next request on p will wait because the client is over a quota; 0 if
// it won't. A broker since Kafka 2.0 answers such a client at once, puts the time to wait into the
// response, and reads nothing from the connection for that long (KIP-219). So a request waits before
// it is sent, for as long as its context allows.
func Throttled(p *core.Pipeline) time.Duration { return max(clientOf(p).throttledFor(), 0) }

func (c *client) throttledFor() time.Duration {
	return time.Duration(c.throttled.Load()) - time.Since(c.start)
}

// noteThrottle makes later requests wait for as long as the response says.
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
		case <-timer.C: // another response may have prolonged it
		case <-c.pipeline.Done():
			timer.Stop()
			return nil // the Pipeline's next call returns the error
		case <-ctx.Done():
			timer.Stop()
			return c.notSent(ctx.Err())
		}
	}
}
