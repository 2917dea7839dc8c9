package client

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A found offset is a broker's answer to where a position is, or why there is none.
type foundOffset struct {
	offset    int64
	timestamp int64 // of the record there; -1: none
	err       *port.Error
}

// foundOffsets has an answer for each partition that was asked for.
type foundOffsets map[topicPartition]foundOffset

var errNoAnswer = &port.Error{Code: codeUnknown, Message: "the brokers' answers don't name this partition"}

// partitionsOf are the partitions of topics, as metadata has them. It answers for those without a leader.
func (f foundOffsets) withoutLeaders(topics []kmsg.MetadataResponseTopic) (asked map[string][]int32) {
	asked = make(map[string][]int32)
	for _, t := range topics {
		for _, p := range t.Partitions {
			if p.Leader >= 0 {
				asked[*t.Topic] = append(asked[*t.Topic], p.Partition)
				continue
			}
			at := topicPartition{*t.Topic, p.Partition}
			f[at] = foundOffset{err: ofPartition(describe(kerr.LeaderNotAvailable), at.topic, at.partition)}
		}
	}
	return asked
}

// leaderTime bounds the wait for leaders to tell offsets: those of the others are waited for, too.
const leaderTime = 5 * time.Second

var errLeaderSilent = &port.Error{Code: codeTimeout, Message: "the leader did not answer within " + leaderTime.String(), Retriable: true}

// listOffsets asks the leaders for the offsets at a timestamp, latest or earliest. A partition that has no
// leader, or whose leader doesn't answer, has an error.
func (c *client) listOffsets(ctx context.Context, topics []kmsg.MetadataResponseTopic, timestamp int64) foundOffsets {
	ctx, cancel := context.WithTimeoutCause(ctx, leaderTime, errLeaderSilent)
	defer cancel()
	found := make(foundOffsets)
	req := kmsg.NewPtrListOffsetsRequest()
	for topic, partitions := range found.withoutLeaders(topics) {
		rt := kmsg.NewListOffsetsRequestTopic()
		rt.Topic = topic
		for _, p := range partitions {
			rp := kmsg.NewListOffsetsRequestTopicPartition()
			rp.Partition, rp.Timestamp = p, timestamp
			rt.Partitions = append(rt.Partitions, rp)
			found[topicPartition{topic, p}] = foundOffset{err: ofPartition(errNoAnswer, topic, p)}
		}
		req.Topics = append(req.Topics, rt)
	}
	if len(req.Topics) == 0 {
		return found
	}
	for _, shard := range c.kafka.RequestSharded(ctx, req) {
		asked, _ := shard.Req.(*kmsg.ListOffsetsRequest)
		resp, _ := shard.Resp.(*kmsg.ListOffsetsResponse)
		if shard.Err != nil {
			found.failed(asked, describe(causeOf(ctx, shard.Err)))
		} else {
			found.add(resp)
		}
	}
	return found
}

// causeOf is err, or why ctx has ended if that is all that err says.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil && ended(err) {
		return context.Cause(ctx)
	}
	return err
}

func (f foundOffsets) failed(asked *kmsg.ListOffsetsRequest, err *port.Error) {
	for _, t := range asked.Topics {
		for _, p := range t.Partitions {
			f[topicPartition{t.Topic, p.Partition}] = foundOffset{err: ofPartition(err, t.Topic, p.Partition)}
		}
	}
}

func (f foundOffsets) add(resp *kmsg.ListOffsetsResponse) {
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			f[topicPartition{t.Topic, p.Partition}] = foundOffset{p.Offset, p.Timestamp, partitionError(t.Topic, p.Partition, p.ErrorCode)}
		}
	}
}

// listBounds asks for the first offsets and for the ends.
func (c *client) listBounds(ctx context.Context, topics []kmsg.MetadataResponseTopic) (starts, ends foundOffsets) {
	var asking sync.WaitGroup
	asking.Go(func() { starts = c.listOffsets(ctx, topics, earliest) })
	asking.Go(func() { ends = c.listOffsets(ctx, topics, latest) })
	asking.Wait()
	return starts, ends
}

// locate finds a position in each partition of topics.
func (c *client) locate(ctx context.Context, topics []kmsg.MetadataResponseTopic, at position) foundOffsets {
	if at.isOffset {
		return c.locateOffset(ctx, topics, at.offset)
	}
	found := c.listOffsets(ctx, topics, at.timestamp)
	if at.timestamp < 0 {
		return found
	}
	var ends foundOffsets // of partitions without a record that late
	for partition, f := range found {
		if f.err != nil || f.offset >= 0 {
			continue
		}
		if ends == nil {
			ends = c.listOffsets(ctx, topics, latest)
		}
		found[partition] = ends[partition]
	}
	return found
}

// locateOffset finds the same offset in each partition, unless a partition doesn't have it.
func (c *client) locateOffset(ctx context.Context, topics []kmsg.MetadataResponseTopic, offset int64) foundOffsets {
	starts, ends := c.listBounds(ctx, topics)
	for partition, start := range starts {
		end := ends[partition]
		switch {
		case start.err != nil:
		case end.err != nil:
			starts[partition] = end
		case offset < start.offset || offset > end.offset:
			starts[partition] = foundOffset{err: ofPartition(outOfRange(offset, start.offset, end.offset), partition.topic, partition.partition)}
		default:
			starts[partition] = foundOffset{offset: offset, timestamp: noTimestamp}
		}
	}
	return starts
}

// noTimestamp is that of an offset whose record wasn't read.
const noTimestamp = -1

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
