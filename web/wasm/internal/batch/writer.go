package batch

import (
	"encoding/binary"
	"math"
	"slices"

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

// order is WebAssembly's own: another one costs an instruction for each byte.
var order = binary.LittleEndian

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
	b = order.AppendUint32(b, uint32(len(topic)))
	w.buffer, w.records = append(b, topic...), 0
}

// maxKept is the size of memory that a Writer uses again.
const maxKept = 1 << 20

// Len returns the number of records.
func (w *Writer) Len() int { return int(w.records) }

// Size returns the number of bytes so far.
func (w *Writer) Size() int { return len(w.buffer) }

// Where the fields of a record are, from the one for its size on.
const (
	atOffset        = 4
	atTimestamp     = 12
	atTimestampType = 20
	atLeaderEpoch   = 21
	atValueLength   = 25
	atKey           = 29
)

// Add adds a record.
func (w *Writer) Add(r *records.Record) {
	value := r.Value[:min(len(r.Value), w.valueLimit)]
	size := atKey + 4 + len(r.Key) + 4 + len(value) + 4
	for _, h := range r.Headers {
		size += 4 + len(h.Name) + 4 + len(h.Value)
	}
	start := len(w.buffer)
	w.buffer = slices.Grow(w.buffer, size)[:start+size]
	w.records++
	b := w.buffer[start:]
	order.PutUint32(b, uint32(size-4))
	order.PutUint64(b[atOffset:], uint64(r.Offset))
	order.PutUint64(b[atTimestamp:], math.Float64bits(float64(r.Timestamp)))
	b[atTimestampType] = byte(r.TimestampType)
	order.PutUint32(b[atLeaderEpoch:], uint32(r.LeaderEpoch))
	order.PutUint32(b[atValueLength:], lengthOf(r.Value))
	b = b[atKey:]
	b = putBytes(b, r.Key)
	b = putBytes(b, value)
	order.PutUint32(b, uint32(len(r.Headers)))
	b = b[4:]
	for _, h := range r.Headers {
		order.PutUint32(b, uint32(len(h.Name)))
		b = b[4+copy(b[4:], h.Name):]
		b = putBytes(b, h.Value)
	}
}

// lengthOf is the length of bytes as it is written, -1 for nil.
func lengthOf(bytes []byte) uint32 {
	if bytes == nil {
		return math.MaxUint32
	}
	return uint32(len(bytes))
}

// putBytes writes bytes after their length, and returns what of b is left.
func putBytes(b, bytes []byte) []byte {
	order.PutUint32(b, lengthOf(bytes))
	return b[4+copy(b[4:], bytes):]
}

// Finish returns the batch.
func (w *Writer) Finish(h Header) []byte {
	b := w.buffer
	order.PutUint32(b[atPartition:], uint32(h.Partition))
	order.PutUint32(b[atSeek:], h.Seek)
	order.PutUint64(b[atNext:], uint64(h.Next))
	order.PutUint64(b[atHighWatermark:], uint64(h.HighWatermark))
	order.PutUint32(b[atFiltered:], uint32(h.Filtered))
	order.PutUint32(b[atControl:], uint32(h.Skipped.Control))
	order.PutUint32(b[atAborted:], uint32(h.Skipped.Aborted))
	order.PutUint64(b[atGaps:], uint64(h.Skipped.Gaps))
	order.PutUint32(b[atRecords:], w.records)
	return b
}
