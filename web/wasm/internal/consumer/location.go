package consumer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Earliest is the first offset that a partition has.
var Earliest = Position{kind: earliest}

// Latest is the offset after the last one that a partition has.
var Latest = Position{kind: latest}

// AtOffset returns the offset of a Position that is one.
func (p Position) AtOffset() (offset int64, ok bool) { return p.n, p.kind == atOffset }

// A Location is where a Position is in a partition. Err says why that isn't known.
type Location struct {
	Offset     int64
	Timestamp  int64 // milliseconds, of the record at Offset; -1: not known
	Start, End int64 // of what the leader has
	Err        error
}

// locateAttempts bounds the requests to leaders that may have moved.
const locateAttempts = 3

// Locate finds a Position in each partition of topics, as Metadata has them. Where one counts records it counts
// visible ones. Locate tries again what may pass, a few times and until ctx ends.
func Locate(ctx context.Context, config Config, topics []kmsg.MetadataResponseTopic, at Position) map[TopicPartition]Location {
	o := Options{From: at, Committed: at.kind == lastRecords}
	c, wanted := newAsker(config, o, topics)
	locations := make(map[TopicPartition]Location)
	for attempt := 1; ; attempt++ {
		again := c.locateOnce(ctx, wanted, locations)
		if len(again) == 0 || attempt == locateAttempts || !waitFor(ctx, nil, time.Now().Add(config.Backoff(attempt))) {
			return locations
		}
		m, err := c.metadata(ctx)
		if err != nil {
			return locations
		}
		c.update(m)
		wanted = again
	}
}

// newAsker returns a Consumer that asks for the partitions of topics, and doesn't run.
func newAsker(config Config, o Options, topics []kmsg.MetadataResponseTopic) (*Consumer, []TopicPartition) {
	for _, t := range topics {
		o.Topics = append(o.Topics, *t.Topic)
	}
	c := New(config, o)
	c.update(&kmsg.MetadataResponse{Topics: topics})
	return c, slices.Collect(maps.Keys(c.partitions))
}

// ledBy are those of partitions that each leader has; -1: that have none.
func (c *Consumer) ledBy(partitions []TopicPartition) map[int32][]target {
	led := make(map[int32][]target)
	for _, tp := range partitions {
		if p := c.partitions[tp]; p != nil {
			led[p.leader] = append(led[p.leader], p.at(0))
		}
	}
	return led
}

// locateOnce asks each leader, and returns the partitions that may have moved to another.
func (c *Consumer) locateOnce(ctx context.Context, wanted []TopicPartition, locations map[TopicPartition]Location) (again []TopicPartition) {
	var mu sync.Mutex
	var asking sync.WaitGroup
	for leader, targets := range c.ledBy(wanted) {
		if leader < 0 {
			mu.Lock()
			for _, t := range targets {
				locations[t.TopicPartition] = Location{Err: kerr.LeaderNotAvailable}
			}
			mu.Unlock()
			continue
		}
		asking.Go(func() {
			searches := make([]*search, len(targets))
			for i, t := range targets {
				searches[i] = &search{target: t, from: c.options.From}
			}
			err := c.search(ctx, leader, searches)
			if _, ok := errors.AsType[*Error](err); ok {
				err = nil // it is in its search
			} else if err != nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, s := range searches {
				if s.err == nil {
					s.err = err
				}
				locations[s.TopicPartition] = Location{s.first, s.timestamp, s.start, s.end, s.err}
				if s.err != nil && !c.config.Fatal(s.err) {
					again = append(again, s.TopicPartition)
				}
			}
		})
	}
	asking.Wait()
	return again
}
