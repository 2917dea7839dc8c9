package records

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Bits of a batch's attributes.
const (
	codecBits        = 0x07
	appendTimeBit    = 0x08
	transactionalBit = 0x10
	controlBit       = 0x20
)

// A batch is one that is being read.
type batch struct {
	first, end    int64
	epoch         int32
	time          int64 // of the first record, or with appended of all
	appended      bool
	producer      int64
	transactional bool
	control       bool
	aborted       bool

	count   int   // records that are left
	after   int64 // the last record's offset + 1
	records []byte
	at      int // where the next record is in records
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openBatch checks a batch, and unpacks it.
func openBatch(h header, raw []byte, d kgo.Decompressor) (batch, error) {
	if want, got := binary.BigEndian.Uint32(raw[atCRC:]), crc32.Checksum(raw[atAttributes:], castagnoli); got != want {
		return batch{}, fmt.Errorf("its checksum is %08x, and should be %08x", got, want)
	}
	attributes := binary.BigEndian.Uint16(raw[atAttributes:])
	b := batch{
		first: h.first, end: h.end, after: h.first,
		epoch:         h.epoch,
		time:          int64(binary.BigEndian.Uint64(raw[atFirstTime:])),
		appended:      attributes&appendTimeBit != 0,
		producer:      int64(binary.BigEndian.Uint64(raw[atProducer:])),
		transactional: attributes&transactionalBit != 0,
		control:       attributes&controlBit != 0,
		count:         int(int32(binary.BigEndian.Uint32(raw[atCount:]))),
	}
	if b.appended {
		b.time = int64(binary.BigEndian.Uint64(raw[atMaxTime:]))
	}
	b.records = raw[atRecords:]
	if codec := kgo.CompressionCodecType(attributes & codecBits); codec != 0 && b.count > 0 {
		unpacked, err := d.Decompress(b.records, codec)
		if err != nil {
			return batch{}, fmt.Errorf("its records can't be decompressed: %w", err)
		}
		b.records = unpacked
	}
	if b.count < 0 || b.count > len(b.records) {
		return batch{}, fmt.Errorf("it has %d records in %d bytes", b.count, len(b.records))
	}
	return b, nil
}

// next reads the next record into r. It calls little: a call takes WebAssembly of Go about 10 ns.
func (b *batch) next(r *Record) error {
	size, at := varint(b.records, b.at)
	if at == broken || size < 0 || size > int64(len(b.records)-at) {
		return errCut
	}
	b.at = at + int(size)
	record := b.records[:b.at]
	at++ // attributes, which are unused
	time, at := varint(record, at)
	delta, at := varint(record, at)
	r.Key, at = varbytes(record, at)
	r.Value, at = varbytes(record, at)
	headers, at := varint(record, at)
	r.Headers = r.Headers[:0]
	if at == broken || headers < 0 || headers > int64(len(record)-at) {
		return errCut
	}
	for ; headers > 0; headers-- {
		var h Header
		h.Name, at = varbytes(record, at)
		h.Value, at = varbytes(record, at)
		if at == broken {
			return errCut
		}
		r.Headers = append(r.Headers, h)
	}
	offset := b.first + delta
	if offset < b.after || offset >= b.end {
		return fmt.Errorf("a record has the offset %d, and should be from %d to %d", offset, b.after, b.end-1)
	}
	b.count--
	b.after = offset + 1
	r.Offset, r.LeaderEpoch, r.TimestampType, r.Timestamp = offset, b.epoch, CreateTime, b.time+time
	if b.appended {
		r.TimestampType, r.Timestamp = AppendTime, b.time
	}
	return nil
}

var errCut = errors.New("a record is cut short")
