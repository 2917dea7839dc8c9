package records

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// A Reader reads what a broker sent of a partition. After each record, and at the end, the records and what
// Skipped counts are the offsets from the first to Offset.
type Reader struct {
	Skipped Skipped

	decompressor kgo.Decompressor

	rest      []byte
	offset    int64
	epoch     int32
	to        int64
	committed bool
	aborted   aborted
	batch     batch
	old       []*kgo.Record // of a message of a format before record batches
	record    Record
}

// NewReader returns a Reader of the records from an offset on, and before another. If committed is set, it
// leaves out those of aborted transactions. The decompressor bounds what a batch may take.
func NewReader(p *kmsg.FetchResponseTopicPartition, from, to int64, committed bool, d kgo.Decompressor) *Reader {
	r := &Reader{decompressor: d, rest: p.RecordBatches, offset: from, epoch: -1, to: to, committed: committed}
	if committed {
		r.aborted = newAborted(p.AbortedTransactions)
	}
	return r
}

// Offset is the one after all that was read.
func (r *Reader) Offset() int64 { return r.offset }

// Epoch is the leader's that wrote what was read last; -1: unknown, or nothing was read.
func (r *Reader) Epoch() int32 { return r.epoch }

// Next returns the next record, nil at the end. It is valid until the next call.
func (r *Reader) Next() (*Record, error) {
	for {
		record, err := r.next()
		if err != nil || record == nil {
			return nil, err
		}
		if record.Offset < r.offset {
			continue // a broker sends whole batches
		}
		if record.Offset >= r.to {
			r.skipTo(r.to)
			r.rest, r.old, r.batch = nil, nil, batch{}
			return nil, nil
		}
		r.Skipped.Gaps += record.Offset - r.offset
		r.offset, r.epoch = record.Offset+1, record.LeaderEpoch
		switch {
		case r.batch.control:
			r.Skipped.Control++
		case r.batch.aborted:
			r.Skipped.Aborted++
		default:
			return record, nil
		}
	}
}

// skipTo counts the offsets before to as gaps.
func (r *Reader) skipTo(to int64) {
	to = min(to, r.to)
	if to > r.offset {
		r.Skipped.Gaps += to - r.offset
		r.offset = to
	}
}

// next returns the next entry of any kind.
func (r *Reader) next() (*Record, error) {
	for {
		if len(r.old) > 0 {
			r.record = fromOld(r.old[0])
			r.old = r.old[1:]
			return &r.record, nil
		}
		if r.batch.count > 0 {
			err := r.batch.next(&r.record)
			if err == nil && r.batch.control && r.committed && isAbort(r.record.Key) {
				r.aborted.end(r.batch.producer)
			}
			return &r.record, err
		}
		if r.batch.end > r.offset { // its last records were removed
			r.epoch = r.batch.epoch
		}
		r.skipTo(r.batch.end)
		h, ok, err := nextHeader(r.rest)
		if err != nil || !ok {
			return nil, err
		}
		raw := r.rest[:h.size]
		r.rest = r.rest[h.size:]
		if h.end <= r.offset {
			continue
		}
		if err := r.open(h, raw); errors.Is(err, kgo.ErrMaxDecompress) {
			return nil, &TooLargeError{h.first, h.end}
		} else if err != nil {
			return nil, fmt.Errorf("the batch of offset %d: %w", h.first, err)
		}
	}
}

func (r *Reader) open(h header, raw []byte) (err error) {
	if h.format != recordBatch {
		r.batch = batch{end: h.end, epoch: h.epoch}
		r.old, err = openOld(raw, r.offset, r.decompressor)
		return err
	}
	r.batch, err = openBatch(h, raw, r.decompressor)
	r.batch.aborted = r.batch.transactional && r.aborted.includes(r.batch.producer, h.end-1)
	return err
}

// isAbort reports whether the key is of the marker that aborts a transaction: a version, and type 0.
func isAbort(key []byte) bool { return len(key) >= 4 && key[2] == 0 && key[3] == 0 }
