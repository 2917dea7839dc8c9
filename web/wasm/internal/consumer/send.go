package consumer

import (
	"cmp"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch"
	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// batchSize is what a batch has at least before it is sent in the midst of what was fetched. Smaller ones
// would cost the page more per byte.
const batchSize = 256 << 10

// A sending is what is sent of what was fetched.
type sending struct {
	fetched
	reader   *records.Reader
	filtered int64
	sent     int64 // all offsets before it were sent
}

// sendFetched sends the records of what was fetched.
func (c *Consumer) sendFetched(f fetched) error {
	c.mu.Lock()
	from, to := f.partition.position, f.partition.limit
	current := f.generation == f.partition.generation
	if current {
		c.bytes += int64(len(f.response.RecordBatches))
	}
	c.mu.Unlock()
	if !current {
		return nil
	}
	s := &sending{fetched: f, sent: from, reader: records.NewReader(&f.response, from, to, c.options.Committed, c.decompressor)}
	c.writer.Begin(f.partition.Topic)
	filter, text := c.options.Filter, []byte(nil)
	if filter != nil {
		text = []byte(filter.Text)
	}
	for {
		record, err := s.reader.Next()
		if err != nil {
			_, unsent := c.sendBatch(s) // what is before it
			return cmp.Or(unsent, f.partition.failed(err))
		}
		if record == nil {
			_, err := c.sendBatch(s)
			return err
		}
		if filter != nil && !filter.takes(record, text) {
			s.filtered++
			continue
		}
		c.writer.Add(record)
		if c.writer.Size() >= batchSize || c.writer.Len() == c.options.MaxBatchRecords {
			if current, err := c.sendBatch(s); !current || err != nil {
				return err
			}
		}
	}
}

// sendBatch sends what was read so far. It returns false if it is no longer wanted.
func (c *Consumer) sendBatch(s *sending) (bool, error) {
	p, next := s.partition, s.reader.Offset()
	if next == s.sent {
		return true, nil
	}
	c.mu.Lock()
	if p.generation != s.generation {
		c.mu.Unlock()
		return false, nil
	}
	c.noteSent(p, sentBatch{
		from: s.sent, lastEpoch: p.sentEpoch, scanned: int64(c.writer.Len()) + s.filtered, matched: int64(c.writer.Len()),
	})
	p.position, p.sentEpoch = next, s.reader.Epoch()
	h := batch.Header{
		Partition: p.Partition, Seek: p.seek, Next: next, HighWatermark: s.response.HighWatermark,
		Filtered: s.filtered, Skipped: s.reader.Skipped,
	}
	c.mu.Unlock()
	err := c.config.Send(c.writer.Finish(h))
	c.writer.Begin(p.Topic)
	s.reader.Skipped = records.Skipped{}
	s.filtered, s.sent = 0, next
	return true, err
}
