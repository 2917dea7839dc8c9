package batch

import (
	"encoding/binary"
	"math"

	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// A Header says what a batch is of, beside its topic.
type Header struct {
	Partition     int32
	Seek          uint32 // the number of the page's last seek of this partition
	Next          int64  // the offset after all that was read for this batch
	HighWatermark int64
	Filtered      int64 // records that a filter left out
	Skipped       records.Skipped
}

// Where the fields of a batch are.
const (
	atPartition     = 0
	atSeek          = 4
	atNext          = 8
	atHighWatermark = 16
	atFiltered      = 24
	atControl       = 28
	atAborted       = 32
	atGaps          = 36
	atRecords       = 44
	atTopic         = 48
)

// A Writer encodes batches, one after the other in the same memory.
type Writer struct {
	buffer     []byte
	records    uint32
	valueLimit int
}

// NewWriter returns a Writer. Of each value it keeps valueLimit bytes.
func NewWriter(valueLimit int) *Writer { return &Writer{valueLimit: valueLimit} }

// Begin begins a batch of a topic. What Finish returned before is no longer valid.
func (w *Writer) Begin(topic string) {
	if cap(w.buffer) > maxKept {
		w.buffer = nil
	}
	b := append(w.buffer[:0], make([]byte, atTopic)...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(topic)))
	w.buffer, w.records = append(b, topic...), 0
}

// maxKept is the size of memory that a Writer uses again.
const maxKept = 1 << 20

// Len returns the number of records.
func (w *Writer) Len() int { return int(w.records) }

// Size returns the number of bytes so far.
func (w *Writer) Size() int { return len(w.buffer) }

// Add adds a record.
func (w *Writer) Add(r *records.Record) {
	start := len(w.buffer)
	b := append(w.buffer, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Offset))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(float64(r.Timestamp)))
	b = append(b, byte(r.TimestampType))
	b = binary.BigEndian.AppendUint32(b, uint32(r.LeaderEpoch))
	b = appendLength(b, r.Value)
	b = appendBytes(b, r.Key)
	b = appendBytes(b, r.Value[:min(len(r.Value), w.valueLimit)])
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.Headers)))
	for _, h := range r.Headers {
		b = binary.BigEndian.AppendUint32(b, uint32(len(h.Name)))
		b = append(b, h.Name...)
		b = appendBytes(b, h.Value)
	}
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	w.buffer = b
	w.records++
}

// appendLength appends the length of bytes, -1 for nil.
func appendLength(b, bytes []byte) []byte {
	if bytes == nil {
		return binary.BigEndian.AppendUint32(b, math.MaxUint32)
	}
	return binary.BigEndian.AppendUint32(b, uint32(len(bytes)))
}

func appendBytes(b, bytes []byte) []byte { return append(appendLength(b, bytes), bytes...) }

// Finish returns the batch.
func (w *Writer) Finish(h Header) []byte {
	b := w.buffer
	binary.BigEndian.PutUint32(b[atPartition:], uint32(h.Partition))
	binary.BigEndian.PutUint32(b[atSeek:], h.Seek)
	binary.BigEndian.PutUint64(b[atNext:], uint64(h.Next))
	binary.BigEndian.PutUint64(b[atHighWatermark:], uint64(h.HighWatermark))
	binary.BigEndian.PutUint32(b[atFiltered:], uint32(h.Filtered))
	binary.BigEndian.PutUint32(b[atControl:], uint32(h.Skipped.Control))
	binary.BigEndian.PutUint32(b[atAborted:], uint32(h.Skipped.Aborted))
	binary.BigEndian.PutUint64(b[atGaps:], uint64(h.Skipped.Gaps))
	binary.BigEndian.PutUint32(b[atRecords:], w.records)
	return b
}
