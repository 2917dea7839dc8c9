package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A foundOffset is where a position is in a partition, or why that isn't known.
type foundOffset struct {
	consumer.Location
	err *port.Error
}

type foundOffsets map[consumer.TopicPartition]foundOffset

// leaderTime bounds the wait for leaders to tell offsets: those of the others are waited for, too.
const leaderTime = 5 * time.Second

var errLeaderSilent = &port.Error{Code: codeTimeout, Message: "the leader did not answer within " + leaderTime.String(), Retriable: true}

// locate finds a position in each partition of topics. A partition that has no leader, whose leader doesn't
// answer, or that doesn't have the offset, has an error.
func (c *client) locate(ctx context.Context, topics []kmsg.MetadataResponseTopic, at consumer.Position) foundOffsets {
	ctx, cancel := context.WithTimeoutCause(ctx, leaderTime, errLeaderSilent)
	defer cancel()
	located := consumer.Locate(ctx, c.asking(), topics, at)
	found := make(foundOffsets, len(located))
	for tp, l := range located {
		f := foundOffset{Location: l}
		if offset, ok := at.AtOffset(); l.Err != nil {
			f.err = ofPartition(describe(l.Err), tp.Topic, tp.Partition)
		} else if ok && offset != l.Offset {
			f.err = ofPartition(outOfRange(offset, l.Start, l.End), tp.Topic, tp.Partition)
		}
		found[tp] = f
	}
	return found
}

// asking is how package consumer asks something once.
func (c *client) asking() consumer.Config {
	return consumer.Config{Kafka: c.kafka, Fatal: isFatal, Backoff: backoff, Report: func(error) {}}
}

// of returns where the position is in a partition.
func (f foundOffsets) of(topic string, partition int32) foundOffset {
	at, ok := f[consumer.TopicPartition{Topic: topic, Partition: partition}]
	if !ok {
		at.err = ofPartition(errNoPartition, topic, partition)
	}
	return at
}

var errNoPartition = answerError(3, nil) // UNKNOWN_TOPIC_OR_PARTITION

// outOfRange is the error of an offset that a partition doesn't have.
func outOfRange(offset, start, end int64) *port.Error {
	const kafkaCode = 1
	e := answerError(kafkaCode, nil)
	e.Message = fmt.Sprintf("offset %d: the partition has %d to %d", offset, start, end)
	return e
}

// causeOf is err, or why ctx has ended if that is all that err says.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil && ended(err) {
		return context.Cause(ctx)
	}
	return err
}

// only keeps some partitions of a topic, in the order that was asked for; nil: all.
func only(t kmsg.MetadataResponseTopic, partitions []int32) (kmsg.MetadataResponseTopic, error) {
	slices.SortFunc(t.Partitions, func(a, b kmsg.MetadataResponseTopicPartition) int { return int(a.Partition - b.Partition) })
	if partitions == nil {
		return t, nil
	}
	all := t.Partitions
	t.Partitions = nil
	for _, p := range partitions {
		i := slices.IndexFunc(all, func(m kmsg.MetadataResponseTopicPartition) bool { return m.Partition == p })
		if i < 0 {
			return t, partitionError(*t.Topic, p, kerr.UnknownTopicOrPartition.Code)
		}
		t.Partitions = append(t.Partitions, all[i])
	}
	return t, nil
}
