package client

import (
	"context"
	"fmt"
	"time"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// produceOptions are those of producing, after the page has checked them.
type produceOptions struct {
	way
	Timeout float64 `json:"timeout"` // milliseconds, for each record to be acknowledged
}

// produce stores the records in the call's bytes, and returns a result of each. Its item says that all are
// handed over: records that are handed over later come after them in their partition.
func (c *client) produce(ctx context.Context, call *port.Call) (any, error) {
	if c.options.ReadOnly {
		return nil, readOnlyError("produce")
	}
	var o produceOptions
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	records, err := decodeRecords(call.Bytes)
	if err != nil {
		return nil, err
	}
	p, err := c.producers.take(o.way)
	if err != nil {
		return nil, err
	}
	defer c.producers.release(p)
	limit := time.Duration(o.Timeout * float64(time.Millisecond))
	ctx, cancel := context.WithTimeoutCause(ctx, limit, lateError{limit})
	defer cancel()
	d := newDelivery(p, records)
	d.hand(ctx)
	call.Send(nil) // if the call has ended, so has ctx
	return d.wait(ctx), nil
}

// A lateError is that of a record which wasn't acknowledged in time.
type lateError struct{ limit time.Duration }

func (e lateError) Error() string { return fmt.Sprintf("not acknowledged within %v", e.limit) }
func (lateError) Unwrap() error   { return context.DeadlineExceeded }

// partitionFor returns the partition that a record with the key in the call's bytes goes to.
func (c *client) partitionFor(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Topic string `json:"topic"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	t, err := c.topicMetadata(ctx, o.Topic)
	if err != nil {
		return nil, err
	}
	return partitionOfKey(call.Bytes, len(t.Partitions)), nil
}
