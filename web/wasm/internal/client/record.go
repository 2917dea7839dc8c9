package client

import (
	"context"
	"fmt"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// record returns a batch with the record at an offset, null if there is none.
func (c *client) record(ctx context.Context, call *port.Call) (any, error) {
	var at struct {
		consumer.TopicPartition
		Offset int64 `json:"offset,string"`
	}
	if err := call.Options(&at); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	b, err := consumer.Record(ctx, c.asking(), at.TopicPartition, at.Offset)
	if err != nil && context.Cause(ctx) == errSlow {
		err = fmt.Errorf("%w: %w", errSlow, err)
	}
	return b, err
}
