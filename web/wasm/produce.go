//go:build js

package main

import (
	"fmt"
	"syscall/js"

	"github.com/twmb/franz-go/pkg/kgo"
)

// anyPartition leaves the choice of partition to the hash of the key.
const anyPartition = -1

// newRecord copies a record from the page. kafkaio.js has made key and value Uint8Arrays or null.
func newRecord(topic, key, value, partition js.Value) *kgo.Record {
	return &kgo.Record{
		Topic:     topic.String(),
		Key:       bytesOf(key),
		Value:     bytesOf(value),
		Partition: int32(partition.Int()),
	}
}

// bytesOf copies a Uint8Array; null is nil.
func bytesOf(v js.Value) []byte {
	if v.IsNull() {
		return nil
	}
	b := make([]byte, v.Get("byteLength").Int())
	js.CopyBytesToGo(b, v)
	return b
}

// produce stores a record, and returns its partition and offset.
func (c *client) produce(r *kgo.Record) (any, error) {
	ctx, cancel := c.requestContext()
	defer cancel()
	// Once a record was sent, franz-go waits for the answer to it whatever ctx says: a record
	// whose fate isn't known would make those after it out of order. The page need not.
	done := make(chan error, 1)
	c.kafka.Produce(ctx, r, func(_ *kgo.Record, err error) { done <- err })
	select {
	case err := <-done:
		if err != nil {
			return nil, asked(ctx, err)
		}
	case <-ctx.Done():
		return nil, fmt.Errorf("it is not known whether the record was stored: %w", asked(ctx, ctx.Err()))
	}
	return map[string]any{
		"partition": r.Partition,
		"offset":    r.Offset,
		"timestamp": r.Timestamp.UnixMilli(),
	}, nil
}

// A partitioner chooses the partition that the record names, or else that of Kafka's own clients.
type partitioner struct{ byKey kgo.Partitioner }

func (p partitioner) ForTopic(topic string) kgo.TopicPartitioner {
	return topicPartitioner{p.byKey.ForTopic(topic)}
}

type topicPartitioner struct{ byKey kgo.TopicPartitioner }

func (p topicPartitioner) RequiresConsistency(r *kgo.Record) bool {
	return r.Partition != anyPartition || p.byKey.RequiresConsistency(r)
}

// Partition may return one that is not in [0, n): franz-go fails the record then.
func (p topicPartitioner) Partition(r *kgo.Record, n int) int {
	if r.Partition != anyPartition {
		return int(r.Partition)
	}
	return p.byKey.Partition(r, n)
}
