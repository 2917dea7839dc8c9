package records

import (
	"encoding/binary"
	"fmt"
	"math"
)

// recordBatch is the format since Kafka 0.11, also called magic. 0 and 1 are those before it.
const recordBatch = 2

// Where the fields of a batch are. The first four are those of an older message, too.
const (
	atFirst       = 0  // int64: an offset
	atLength      = 8  // int32: the bytes after it
	atEpoch       = 12 // int32: the leader's
	atFormat      = 16 // int8
	atCRC         = 17 // uint32: of what follows it
	atAttributes  = 21 // int16
	atLastDelta   = 23 // int32: the last offset, from the first on
	atFirstTime   = 27 // int64
	atMaxTime     = 35 // int64
	atProducer    = 43 // int64
	atCount       = 57 // int32
	atRecords     = 61
	lengthCounted = atLength + 4
)

// A header is what is known of a batch before it is unpacked.
type header struct {
	size       int
	format     byte
	epoch      int32 // the leader's; -1: it has none
	first, end int64 // end is after its last offset
}

// nextHeader reads the header of the first batch in b. It returns false if b doesn't have all of it: a broker
// cuts the last one.
func nextHeader(b []byte) (h header, ok bool, err error) {
	if len(b) <= atFormat {
		return h, false, nil
	}
	h.first, h.format = int64(binary.BigEndian.Uint64(b[atFirst:])), b[atFormat]
	length := int64(int32(binary.BigEndian.Uint32(b[atLength:])))
	if length < atFormat+1-lengthCounted || h.first < 0 || h.format > recordBatch {
		return h, false, fmt.Errorf("a batch has the offset %d, the length %d and the format %d", h.first, length, h.format)
	}
	if lengthCounted+length > int64(len(b)) {
		return h, false, nil
	}
	h.size = int(lengthCounted + length)
	last := int32(0)
	h.epoch = -1
	if h.format == recordBatch {
		if h.size < atRecords {
			return h, false, fmt.Errorf("the batch of offset %d has %d bytes", h.first, h.size)
		}
		h.epoch = int32(binary.BigEndian.Uint32(b[atEpoch:]))
		last = int32(binary.BigEndian.Uint32(b[atLastDelta:]))
	}
	if last < 0 || h.first > math.MaxInt64-1-int64(last) {
		return h, false, fmt.Errorf("the batch of offset %d has %d offsets", h.first, int64(last)+1)
	}
	h.end = h.first + int64(last) + 1
	return h, true, nil
}

// End returns the offset after all batches in b, or from if that is greater, and the leader's epoch of the last
// batch; -1: it has none. It unpacks nothing.
func End(b []byte, from int64) (next int64, epoch int32, err error) {
	next, epoch = from, -1
	for {
		h, ok, err := nextHeader(b)
		if err != nil || !ok {
			return next, epoch, err
		}
		b = b[h.size:]
		next, epoch = max(next, h.end), h.epoch
	}
}
