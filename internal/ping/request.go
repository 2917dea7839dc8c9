package ping

import (
	"context"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/rpc"
)

// do sends a request and waits for its response, as a step.
func (v *visit) do(ctx context.Context, request kmsg.Request) (kmsg.Response, error) {
	ctx, cancel := v.step(ctx)
	defer cancel()
	return rpc.Do(ctx, v.kafka, request)
}
