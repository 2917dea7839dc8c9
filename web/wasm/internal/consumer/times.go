package consumer

import (
	"context"
	"math"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

const (
	// timeFetch bounds what one answer brings for the time of a record, but for a single batch that is larger.
	timeFetch = 16 << 10
	// timeFetches bounds the requests for it: markers and compacted offsets may lie before it.
	timeFetches = 3
)

// Times returns the timestamps, in milliseconds, of the first records at or after offsets; -1 if a record has
// none. It leaves out partitions of which it can't tell in time. Each costs a request that brings a batch.
func Times(ctx context.Context, config Config, topics []kmsg.MetadataResponseTopic, at map[TopicPartition]int64) map[TopicPartition]int64 {
	c, partitions := newAsker(config, Options{}, topics)
	times := make(map[TopicPartition]int64)
	var mu sync.Mutex
	var asking sync.WaitGroup
	free := make(chan struct{}, maxSearches)
	for leader, targets := range c.ledBy(partitions) {
		for _, t := range targets {
			var ok bool
			if t.offset, ok = at[t.TopicPartition]; !ok || leader < 0 {
				continue
			}
			free <- struct{}{}
			asking.Go(func() {
				defer func() { <-free }()
				if ms, ok := c.timeAt(ctx, leader, t); ok {
					mu.Lock()
					defer mu.Unlock()
					times[t.TopicPartition] = ms
				}
			})
		}
	}
	asking.Wait()
	return times
}

// timeAt returns the timestamp of the first record at or after a target's offset.
func (c *Consumer) timeAt(ctx context.Context, leader int32, t target) (milliseconds int64, ok bool) {
	for range timeFetches {
		answers, err := c.ask(ctx, leader, []target{t}, timeFetch, 0)
		a := answers[t.TopicPartition]
		if err != nil || a == nil || kerr.ErrorForCode(a.ErrorCode) != nil {
			return 0, false
		}
		r := records.NewReader(a, t.offset, math.MaxInt64, false, c.decompressor)
		record, err := r.Next()
		if record != nil {
			return record.Timestamp, true
		}
		if err != nil || r.Offset() == t.offset {
			return 0, false
		}
		t.offset = r.Offset()
	}
	return 0, false
}
