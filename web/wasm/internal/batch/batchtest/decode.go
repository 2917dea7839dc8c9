// Package batchtest reads batches as the page does, for tests.
package batchtest

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch"
	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// A Batch is what a page gets.
type Batch struct {
	batch.Header
	Topic   string
	Records []Record
}

// A Record is one of a batch.
type Record struct {
	records.Record
	Timestamp   float64
	ValueLength int32 // -1: null
}

var errWrong = errors.New("this is no batch, or one that is cut or has bytes too many")

// Decode takes a batch apart.
func Decode(bytes []byte) (b Batch, err error) {
	defer func() {
		if recover() != nil { // an index out of range
			err = errWrong
		}
	}()
	d := decoder{bytes}
	b.Partition, b.Seek = int32(d.uint32()), d.uint32()
	b.Next, b.HighWatermark = int64(d.uint64()), int64(d.uint64())
	b.Filtered, b.Skipped.Control, b.Skipped.Aborted = int64(d.uint32()), int64(d.uint32()), int64(d.uint32())
	b.Skipped.Gaps = int64(d.uint64())
	count := d.uint32()
	b.Topic = string(d.bytes())
	for range count {
		size := d.uint32()
		if size > uint32(len(d.rest)) {
			return b, errWrong
		}
		end := len(d.rest) - int(size)
		b.Records = append(b.Records, d.record())
		if len(d.rest) != end {
			return b, errWrong
		}
	}
	if len(d.rest) > 0 {
		return b, errWrong
	}
	return b, nil
}

type decoder struct{ rest []byte }

func (d *decoder) take(n int) []byte {
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) uint32() uint32 { return binary.LittleEndian.Uint32(d.take(4)) }
func (d *decoder) uint64() uint64 { return binary.LittleEndian.Uint64(d.take(8)) }

// bytes takes bytes after their length; -1 is nil.
func (d *decoder) bytes() []byte {
	n := int32(d.uint32())
	if n == -1 {
		return nil
	}
	return d.take(int(n))
}

func (d *decoder) record() (r Record) {
	r.Offset, r.Timestamp = int64(d.uint64()), math.Float64frombits(d.uint64())
	r.TimestampType = records.TimestampType(d.take(1)[0])
	r.LeaderEpoch, r.ValueLength = int32(d.uint32()), int32(d.uint32())
	r.Key, r.Value = d.bytes(), d.bytes()
	for range d.uint32() {
		r.Headers = append(r.Headers, records.Header{Name: d.bytes(), Value: d.bytes()})
	}
	return r
}
