package client

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// leadersAgain is the time between two questions of awaitLeaders.
const leadersAgain = 100 * time.Millisecond

// awaitLeaders waits until a topic has a number of partitions or more, and all their leaders know it. Brokers answer a
// request to make partitions once the controller has made them, and those that are to lead them learn of it later:
// until then they refuse records with UNKNOWN_TOPIC_OR_PARTITION. It gives up once ctx ends, and at once if this client
// may not see the topic: it is made in any case.
func (c *client) awaitLeaders(ctx context.Context, topic string, partitions int32) {
	for c.lacksLeaders(ctx, topic, partitions) {
		select {
		case <-time.After(leadersAgain):
		case <-ctx.Done():
			return
		}
	}
}

// lacksLeaders reports whether leaders of a topic may still have to learn of it.
func (c *client) lacksLeaders(ctx context.Context, topic string, partitions int32) bool {
	t, err := c.topicMetadata(ctx, topic)
	if err != nil {
		return describe(err).Retriable
	}
	if len(t.Partitions) < int(partitions) {
		return true
	}
	for _, found := range c.locate(ctx, []kmsg.MetadataResponseTopic{*t}, consumer.Latest) {
		if found.err != nil && found.err.Retriable {
			return true
		}
	}
	return false
}
