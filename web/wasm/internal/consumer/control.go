package consumer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// Paused says which partitions rest: all that there are and will be but others, or none but others. What was fetched
// of those that rested not before is thrown away.
type Paused struct {
	All    bool             `json:"all"`
	Others []TopicPartition `json:"others"`
	Back   []Back           `json:"back"`
}

// A Back is a partition of which the page gives batches back: it keeps none of what rests, and gets them again later.
// Batch is the first of them, as the page counts all that it got, from 1 on. Number is as Seek has it.
type Back struct {
	TopicPartition
	Batch  int64  `json:"batch"`
	Number uint32 `json:"number"`
}

// Pause has partitions rest, and all others read on.
func (c *Consumer) Pause(which Paused) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range which.Back {
		if p := c.partitions[b.TopicPartition]; p != nil && b.Number >= p.seek { // else the page has sought since
			p.seek = b.Number
			c.takeBack(p, b.Batch)
		}
	}
	c.allPaused, c.notAsAll = which.All, make(map[TopicPartition]bool)
	for _, tp := range which.Others {
		c.notAsAll[tp] = true
	}
	for tp, p := range c.partitions {
		rested := p.paused
		p.paused = c.rests(tp)
		if p.paused && !rested {
			p.restart()
		}
	}
	c.change()
}

// rests reports whether a partition is paused. The caller holds mu.
func (c *Consumer) rests(tp TopicPartition) bool { return c.allPaused != c.notAsAll[tp] }

// Seek has a partition read from another position. number is the page's of this seek: later batches of the
// partition have it.
func (c *Consumer) Seek(ctx context.Context, of TopicPartition, to Position, number uint32) error {
	t, leader, err := c.known(ctx, of)
	if err == nil && to.kind == committed {
		to, err = c.committed(ctx, of)
	}
	if err != nil {
		return of.failed(err)
	}
	s := &search{target: t, from: to}
	if err := c.search(ctx, leader, []*search{s}); err != nil {
		return err
	}
	if s.err != nil {
		return of.failed(s.err)
	}
	p := t.partition
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.partitions[of] != p {
		return of.failed(kerr.UnknownTopicOrPartition) // it was made again
	}
	if number < p.seek { // a later one was faster
		return nil
	}
	if !p.located { // its limit isn't known
		p.from, p.sought = Position{atOffset, s.first}, p.held
	} else {
		s.limit = p.limit
		p.moveTo(s.location, to)
	}
	p.generation++
	p.seek = number
	c.change()
	return nil
}

// committed returns where the group has a partition read from.
func (c *Consumer) committed(ctx context.Context, of TopicPartition) (Position, error) {
	if c.config.Committed == nil {
		return Position{}, errNoGroup
	}
	offset, err := c.config.Committed(ctx, of)
	if offset < 0 || err != nil {
		return c.options.From, err
	}
	return Position{atOffset, offset}, nil
}

var errNoGroup = errors.New("\"committed\" needs a group")

// ErrNotAssigned says that the group hasn't assigned a partition, or has taken it away.
var ErrNotAssigned = errors.New("the group hasn't assigned it to this consumer")

// known waits until the brokers have told of a partition's topic.
func (c *Consumer) known(ctx context.Context, of TopicPartition) (t target, leader int32, err error) {
	for {
		c.mu.Lock()
		topic, p, changed := c.topics[of.Topic], c.partitions[of], c.changed
		if p != nil {
			t, leader = p.at(0), p.leader
		}
		waits := topic != nil && !topic.seen && !topic.later
		c.mu.Unlock()
		switch {
		case waits:
		case p == nil && c.options.Assigned:
			return t, 0, ErrNotAssigned
		case p == nil:
			return t, 0, kerr.UnknownTopicOrPartition
		case leader < 0:
			return t, 0, kerr.LeaderNotAvailable
		default:
			return t, leader, nil
		}
		if !waitFor(ctx, changed, time.Time{}) {
			return t, 0, context.Cause(ctx)
		}
	}
}

// A Progress is how far a Consumer is.
type Progress struct {
	Partitions []PartitionProgress `json:"partitions"`
	Scanned    float64             `json:"scanned"` // records that were read
	Matched    float64             `json:"matched"` // those that no filter left out
	Bytes      float64             `json:"bytes"`   // from the brokers, compressed
}

// A PartitionProgress is how far a partition is read. Start and End are of what may be read.
type PartitionProgress struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Start     int64  `json:"start"`
	Position  int64  `json:"position"`
	End       int64  `json:"end"`
	Lag       int64  `json:"lag"`
}

// Progress returns how far the Consumer is, without the partitions whose positions aren't known yet.
func (c *Consumer) Progress() Progress {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := Progress{Scanned: float64(c.scanned), Matched: float64(c.matched), Bytes: float64(c.bytes)}
	for _, tp := range slices.SortedFunc(maps.Keys(c.partitions), TopicPartition.Compare) {
		if of := c.partitions[tp]; of.located {
			p.Partitions = append(p.Partitions, PartitionProgress{
				tp.Topic, tp.Partition, of.start, of.position, of.end, max(of.end-of.position, 0),
			})
		}
	}
	return p
}
