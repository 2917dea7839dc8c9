package consumer

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

const (
	// fetchWait is how long a broker waits for records.
	fetchWait = 500 * time.Millisecond

	// What one answer brings, but for a single batch that is larger. The size follows how fast answers come: an
	// answer of 2 MiB takes too long where there are only a few Mbit/s.
	leastFetch = 64 << 10
	firstFetch = 512 << 10
	mostFetch  = 2 << 20
	fastFetch  = fetchWait / 2
	slowFetch  = fetchWait + time.Second
)

// maxFetch is what one answer may bring: two find room.
func (c *Consumer) maxFetch() int { return min(c.options.MaxBufferedBytes/2+1, mostFetch) }

// nextSize is what the next answer may bring, after one that took a time.
func nextSize(size int, took time.Duration) int {
	switch {
	case took < fastFetch:
		return min(2*size, mostFetch)
	case took > slowFetch:
		return max(size/2, leastFetch)
	}
	return size
}

// fetch fetches from partitions of a leader, for which nextWork has reserved room of a size. It returns whether
// the answer was empty.
func (c *Consumer) fetch(ctx context.Context, leader int32, targets []target, size int) (empty bool, err error) {
	answers, err := c.ask(ctx, leader, targets, size, fetchWait)
	c.mu.Lock()
	c.buffered -= size
	c.mu.Unlock()
	empty = true
	for _, t := range targets {
		a := answers[t.TopicPartition]
		switch {
		case a != nil:
			empty = empty && a.ErrorCode == 0 && len(a.RecordBatches) == 0
			c.take(t, a)
		case err == nil:
			c.partitionFailed(t.partition, errNoPartition)
		}
	}
	c.mu.Lock()
	c.change()
	c.mu.Unlock()
	return empty, err
}

// ask makes a Fetch request. Partitions that the answer lacks are left out.
func (c *Consumer) ask(ctx context.Context, leader int32, targets []target, size int, wait time.Duration) (map[TopicPartition]*kmsg.FetchResponseTopicPartition, error) {
	req := kmsg.NewPtrFetchRequest()
	req.MaxWaitMillis, req.MinBytes, req.MaxBytes = int32(wait.Milliseconds()), 1, int32(size)
	req.IsolationLevel = c.isolation()
	names := make(map[[16]byte]string)
	at := make(map[string]int) // in req.Topics
	for _, t := range targets {
		p := kmsg.NewFetchRequestTopicPartition()
		p.Partition, p.FetchOffset, p.PartitionMaxBytes = t.Partition, t.offset, int32(size)
		p.CurrentLeaderEpoch, p.LastFetchedEpoch = t.epoch, t.lastEpoch
		i, ok := at[t.Topic]
		if !ok {
			i = len(req.Topics)
			at[t.Topic], names[t.id] = i, t.Topic
			topic := kmsg.NewFetchRequestTopic()
			topic.Topic, topic.TopicID = t.Topic, t.id
			req.Topics = append(req.Topics, topic)
		}
		req.Topics[i].Partitions = append(req.Topics[i].Partitions, p)
	}
	var asking kmsg.Request = req
	if _, ok := names[noID]; ok {
		asking = namedFetch{req}
	}
	r, err := c.request(ctx, leader, asking)
	if err != nil {
		return nil, err
	}
	resp := r.(*kmsg.FetchResponse)
	if err := kerr.ErrorForCode(resp.ErrorCode); err != nil {
		return nil, err
	}
	answers := make(map[TopicPartition]*kmsg.FetchResponseTopicPartition)
	for _, topic := range resp.Topics {
		name := topic.Topic
		if name == "" {
			name = names[topic.TopicID]
		}
		for i := range topic.Partitions {
			answers[TopicPartition{name, topic.Partitions[i].Partition}] = &topic.Partitions[i]
		}
	}
	return answers, nil
}

// A namedFetch is a Fetch request of topics without ids: from version 13 on it would name none (KIP-516).
type namedFetch struct{ *kmsg.FetchRequest }

func (namedFetch) MaxVersion() int16 { return 12 }

// request asks a broker once.
func (c *Consumer) request(ctx context.Context, broker int32, req kmsg.Request) (resp kmsg.Response, err error) {
	limit := askTime
	if req.Key() == int16(kmsg.Fetch) {
		limit = fetchTime
	}
	err = c.within(ctx, limit, fmt.Sprint("broker ", broker), func(ctx context.Context) error {
		resp, err = c.config.Kafka.Broker(int(broker)).Request(ctx, req)
		return err
	})
	return resp, err
}

// take queues what a broker sent of a partition.
func (c *Consumer) take(t target, a *kmsg.FetchResponseTopicPartition) {
	switch err := kerr.ErrorForCode(a.ErrorCode); err {
	case nil:
	case kerr.OffsetOutOfRange:
		c.mu.Lock()
		if p := t.partition; p.generation == t.generation && p.next == t.offset {
			p.from, p.located = Position{kept, t.offset}, false
		}
		c.mu.Unlock()
		c.partitionFailed(t.partition, fmt.Errorf("the leader doesn't have offset %d, which it said it has", t.offset))
		return
	default:
		c.partitionFailed(t.partition, err)
		return
	}
	if d := a.DivergingEpoch; d.EndOffset >= 0 && t.lastEpoch >= 0 {
		c.truncated(t, d.Epoch, d.EndOffset)
		return
	}
	next, epoch, err := records.End(a.RecordBatches, t.offset)
	if err != nil {
		c.Fail(t.failed(err))
		return
	}
	if next == t.offset && len(a.RecordBatches) > 0 {
		c.partitionFailed(t.partition, fmt.Errorf("the leader sent no whole batch of offset %d or later", t.offset))
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := t.partition
	if p.generation != t.generation || p.next != t.offset {
		return
	}
	p.failures = 0
	p.end = a.HighWatermark
	if c.options.Committed && a.LastStableOffset >= 0 {
		p.end = a.LastStableOffset
	}
	if a.LogStartOffset >= 0 {
		p.start = a.LogStartOffset
	}
	if next > t.offset {
		p.next, p.lastEpoch = next, epoch
		p.queued++
		c.buffered += len(a.RecordBatches)
		c.queue = append(c.queue, fetched{partition: p, generation: t.generation, response: *a})
	}
}
