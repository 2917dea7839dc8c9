package client

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// ask asks the cluster, within requestTimeout.
func ask[R any](ctx context.Context, c *client, requestWith func(context.Context, kmsg.Requestor) (R, error)) (R, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	resp, err := requestWith(ctx, c.kafka)
	if err != nil && context.Cause(ctx) == errSlow {
		err = errSlow
	}
	return resp, err
}

var errSlow = fmt.Errorf("no answer within %v: %w", requestTimeout, context.DeadlineExceeded)
