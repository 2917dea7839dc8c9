package consumer

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// What ListOffsets takes for a time.
const (
	timeOfEnd   = -1
	timeOfStart = -2
)

// The isolation levels of requests.
const (
	readUncommitted = 0
	readCommitted   = 1
)

func (c *Consumer) isolation() int8 {
	if c.options.Committed {
		return readCommitted
	}
	return readUncommitted
}

// locateAll finds the bounds of a leader's partitions.
func (c *Consumer) locateAll(ctx context.Context, leader int32, targets []target) error {
	for _, t := range targets {
		c.mu.Lock()
		from, until, untilAt := t.from, t.until, t.untilAt
		c.mu.Unlock()
		l, err := c.locate(ctx, leader, t, from)
		limit := int64(noLimit)
		switch {
		case err != nil:
		case untilAt != nil:
			limit = *untilAt
		case until != nil && until.Timestamp == nil:
			limit = l.end
		case until != nil:
			limit, err = c.offsetAt(ctx, leader, t, *until.Timestamp, l.end)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, ok := err.(*kerr.Error); ok {
			c.partitionFailed(t.partition, err)
			continue
		}
		if err != nil {
			return t.failed(err)
		}
		c.mu.Lock()
		if t.partition.generation == t.generation && !t.located {
			t.moveTo(l, from, limit)
		}
		c.change()
		c.mu.Unlock()
	}
	return nil
}

// A location is where a partition is read from, and what a broker has of it.
type location struct{ offset, start, end int64 }

// moveTo has a partition read from a location. The caller holds the Consumer's mu.
func (p *partition) moveTo(l location, from Position, limit int64) {
	if from.kind != kept {
		p.limit = limit
		p.position = l.offset
	} else if p.position > l.offset { // the broker has lost the end, and what comes is new
		p.generation++
		p.position = l.offset
	}
	p.next, p.start, p.end = l.offset, l.start, l.end
	p.located, p.failures = true, 0
}

// locate finds a position.
func (c *Consumer) locate(ctx context.Context, leader int32, t target, at Position) (l location, err error) {
	if l.start, err = c.listOffset(ctx, leader, t, timeOfStart, c.isolation()); err != nil {
		return l, err
	}
	if l.end, err = c.listOffset(ctx, leader, t, timeOfEnd, c.isolation()); err != nil {
		return l, err
	}
	stored := l.end
	if c.options.Committed && (at.kind == atOffset || at.kind == kept) {
		if stored, err = c.listOffset(ctx, leader, t, timeOfEnd, readUncommitted); err != nil {
			return l, err
		}
	}
	switch at.kind {
	case earliest:
		l.offset = l.start
	case latest:
		l.offset = l.end
	case lastRecords:
		l.offset, err = c.lastVisible(ctx, leader, t, l, at.n)
	case atOffset:
		l.offset = min(max(at.n, l.start), stored)
	case atTime:
		l.offset, err = c.offsetAt(ctx, leader, t, at.n, l.end)
	case kept:
		l.offset = max(at.n, l.start)
		if at.n > stored {
			l.offset = l.start
		}
	}
	return l, err
}

// offsetAt returns the offset of the first record of a time or later, or else the end.
func (c *Consumer) offsetAt(ctx context.Context, leader int32, t target, milliseconds, end int64) (int64, error) {
	offset, err := c.listOffset(ctx, leader, t, max(milliseconds, 0), c.isolation())
	if err == nil && offset < 0 {
		offset = end
	}
	return offset, err
}

// listOffset returns the first offset of a time or later, -1 if there is none. An error of the partition is a
// *kerr.Error.
func (c *Consumer) listOffset(ctx context.Context, leader int32, t target, milliseconds int64, isolation int8) (int64, error) {
	p := kmsg.NewListOffsetsRequestTopicPartition()
	p.Partition, p.Timestamp = t.Partition, milliseconds
	topic := kmsg.NewListOffsetsRequestTopic()
	topic.Topic = t.Topic
	topic.Partitions = append(topic.Partitions, p)
	req := kmsg.NewPtrListOffsetsRequest()
	req.IsolationLevel = isolation
	req.Topics = append(req.Topics, topic)
	r, err := c.request(ctx, leader, req)
	if err != nil {
		return 0, err
	}
	for _, topic := range r.(*kmsg.ListOffsetsResponse).Topics {
		for _, p := range topic.Partitions {
			if topic.Topic == t.Topic && p.Partition == t.Partition {
				return p.Offset, kerr.ErrorForCode(p.ErrorCode)
			}
		}
	}
	return 0, kerr.UnknownTopicOrPartition
}
