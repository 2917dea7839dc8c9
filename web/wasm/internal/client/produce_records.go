package client

import (
	"encoding/binary"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// anyPartition leaves the choice of a record's partition to the partitioner.
const anyPartition = -1

// errRecords is a defect of the page, which encodes what decodeRecords takes apart.
var errRecords = port.Mismatch("the bytes of a call of produce are no records: the Worker is of another version than the page's kafkaio.js")

// decodeRecords takes records apart as PROTOCOL.md describes them. Their keys and values are views into b.
func decodeRecords(b []byte) (records []*kgo.Record, err error) {
	d := recordDecoder{rest: b, ok: true}
	for len(d.rest) > 0 {
		r := d.record()
		if !d.ok {
			return nil, errRecords
		}
		records = append(records, r)
	}
	return records, nil
}

// A recordDecoder takes fields from rest. What it returns once ok is false has no meaning.
type recordDecoder struct {
	rest []byte
	ok   bool
}

// minHeader is the size of a header with an empty name and no value.
const minHeader = 8

func (d *recordDecoder) record() *kgo.Record {
	r := &kgo.Record{Topic: string(d.sized()), Partition: int32(d.uint32())}
	if ms := int64(binary.BigEndian.Uint64(d.take(8))); ms >= 0 {
		r.Timestamp = time.UnixMilli(ms)
	}
	r.Key, r.Value = d.sized(), d.sized()
	count := d.uint32()
	if uint64(count)*minHeader > uint64(len(d.rest)) {
		d.ok = false
		return nil
	}
	for range count {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: string(d.sized()), Value: d.sized()})
	}
	return r
}

var nothing [8]byte

// take returns the next n bytes, or at most 8 zeros if there are fewer.
func (d *recordDecoder) take(n int) []byte {
	if n > len(d.rest) {
		d.ok = false
		d.rest = nil
		return nothing[:min(n, len(nothing))]
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *recordDecoder) uint32() uint32 { return binary.BigEndian.Uint32(d.take(4)) }

// noBytes is the length of what is null.
const noBytes = 1<<32 - 1

// sized returns bytes that follow their length; nil if they are null.
func (d *recordDecoder) sized() []byte {
	n := d.uint32()
	if n == noBytes {
		return nil
	}
	return d.take(int(n))
}
