package client

import (
	"context"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// offsetResult is where a position is in a partition, or why that isn't known.
type offsetResult struct {
	Topic     string      `json:"topic"`
	Partition int32       `json:"partition"`
	Offset    *int64      `json:"offset,omitzero"`
	Timestamp *float64    `json:"timestamp,omitzero"`
	Error     *port.Error `json:"error,omitzero"`
}

// offsets finds a position in partitions of a topic.
func (c *client) offsets(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Topic      string            `json:"topic"`
		Partitions []int32           `json:"partitions"` // nil: all
		At         consumer.Position `json:"at"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	t, err := c.topicPartitions(ctx, o.Topic, o.Partitions)
	if err != nil {
		return nil, err
	}
	found := c.locate(ctx, []kmsg.MetadataResponseTopic{t}, o.At)
	results := make([]offsetResult, len(t.Partitions))
	for i, p := range t.Partitions {
		f := found.of(o.Topic, p.Partition)
		results[i] = offsetResult{Topic: o.Topic, Partition: p.Partition, Error: f.err}
		if f.err == nil {
			timestamp := float64(f.Timestamp)
			results[i].Offset, results[i].Timestamp = &f.Offset, &timestamp
		}
	}
	return results, nil
}

// topicPartitions asks for some partitions of a topic; nil: for all.
func (c *client) topicPartitions(ctx context.Context, topic string, partitions []int32) (kmsg.MetadataResponseTopic, error) {
	t, err := c.topicMetadata(ctx, topic)
	if err != nil {
		return kmsg.MetadataResponseTopic{}, err
	}
	return only(*t, partitions)
}
