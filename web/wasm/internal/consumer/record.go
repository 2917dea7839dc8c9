package consumer

import (
	"context"
	"math"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch"
	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// Record returns a batch with one record whole, nil if there is none at the offset. It tries again what may
// pass, until ctx ends.
func Record(ctx context.Context, config Config, at TopicPartition, offset int64) ([]byte, error) {
	c := New(config, Options{Partitions: []Assigned{{TopicPartition: at}}, ValueLimit: math.MaxInt})
	for attempt := 1; ; attempt++ {
		b, err := c.record(ctx, at, offset)
		if err == nil || !kerr.IsRetriable(err) || err == kerr.UnknownTopicOrPartition {
			return b, at.failed(err)
		}
		if !waitFor(ctx, nil, time.Now().Add(c.config.Backoff(attempt))) {
			return nil, at.failed(err)
		}
	}
}

func (c *Consumer) record(ctx context.Context, at TopicPartition, offset int64) ([]byte, error) {
	m, err := c.metadata(ctx)
	if err != nil {
		return nil, err
	}
	for i := range m.Topics {
		if err := kerr.ErrorForCode(m.Topics[i].ErrorCode); err != nil {
			return nil, err
		}
	}
	c.update(m)
	p := c.partitions[at]
	if p == nil {
		return nil, kerr.UnknownTopicOrPartition
	}
	if p.leader < 0 {
		return nil, kerr.LeaderNotAvailable
	}
	answers, err := c.ask(ctx, p.leader, []target{p.at(offset)}, 1, 0)
	if err != nil {
		return nil, err
	}
	a := answers[at]
	if a == nil {
		return nil, errNoPartition
	}
	if err := kerr.ErrorForCode(a.ErrorCode); err == kerr.OffsetOutOfRange {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	r, err := records.NewReader(a, offset, offset+1, false, c.decompressor).Next()
	if err != nil || r == nil {
		return nil, err
	}
	c.writer.Begin(at.Topic)
	c.writer.Add(r)
	return c.writer.Finish(batch.Header{Partition: at.Partition, Next: offset + 1, HighWatermark: a.HighWatermark}), nil
}
