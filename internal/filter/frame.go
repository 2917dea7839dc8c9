package filter

import (
	"encoding/binary"
	"math"
	"net"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/bufferpool"
)

// largeRecords is the size in bytes from which on the records of a partition are not copied into the frame
// for the broker.
const largeRecords = 16 << 10

// Records are bytes that belong into a frame, before those at an index.
type records struct {
	at    int
	bytes []byte
}

// requestFrame returns a request as a frame with its length, in parts. The first is a buffer of bufferpool's.
// Others may be records of the request.
func requestFrame(h header, req kmsg.Request, room int) net.Buffers {
	produce, isProduce := req.(*kmsg.ProduceRequest)
	if isProduce {
		room -= sizeOfLarge(produce)
	}
	b := append(bufferpool.Get(room), 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(h.key))
	b = binary.BigEndian.AppendUint16(b, uint16(h.version))
	b = binary.BigEndian.AppendUint32(b, uint32(h.correlationID))
	if h.clientID == nil {
		b = binary.BigEndian.AppendUint16(b, math.MaxUint16) // -1: null
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(len(h.clientID)))
		b = append(b, h.clientID...)
	}
	if req.IsFlexible() {
		b = append(b, 0)
	}
	if !isProduce {
		return net.Buffers{endFrame(req.AppendTo(b), 0)}
	}
	b, large := appendProduce(b, produce)
	size := len(b) - 4
	parts := make(net.Buffers, 0, 1+2*len(large))
	from := 0
	for _, r := range large {
		parts = append(parts, b[from:r.at], r.bytes)
		size += len(r.bytes)
		from = r.at
	}
	if from < len(b) {
		parts = append(parts, b[from:])
	}
	binary.BigEndian.PutUint32(b, uint32(size))
	return parts
}

// sizeOfLarge returns how many bytes appendProduce leaves out.
func sizeOfLarge(req *kmsg.ProduceRequest) (size int) {
	for i := range req.Topics {
		for j := range req.Topics[i].Partitions {
			if n := len(req.Topics[i].Partitions[j].Records); n >= largeRecords {
				size += n
			}
		}
	}
	return size
}

// appendProduce appends the encoding of a Produce as kmsg does, but leaves out large records, which it returns.
// The request has no unknown tags.
func appendProduce(b []byte, req *kmsg.ProduceRequest) (_ []byte, large []records) {
	e := produceEncoder{b: b, flexible: req.IsFlexible()}
	if req.Version >= 3 {
		e.nullableString(req.TransactionID)
	}
	e.b = kbin.AppendInt16(e.b, req.Acks)
	e.b = kbin.AppendInt32(e.b, req.TimeoutMillis)
	e.length(len(req.Topics))
	for i := range req.Topics {
		t := &req.Topics[i]
		if req.Version >= 13 {
			e.b = append(e.b, t.TopicID[:]...)
		} else {
			e.nullableString(&t.Topic)
		}
		e.length(len(t.Partitions))
		for j := range t.Partitions {
			e.b = kbin.AppendInt32(e.b, t.Partitions[j].Partition)
			e.records(t.Partitions[j].Records)
			e.noTags()
		}
		e.noTags()
	}
	e.noTags()
	return e.b, e.large
}

// A produceEncoder appends the fields of a Produce.
type produceEncoder struct {
	b        []byte
	flexible bool
	large    []records
}

func (e *produceEncoder) nullableString(s *string) {
	if e.flexible {
		e.b = kbin.AppendCompactNullableString(e.b, s)
	} else {
		e.b = kbin.AppendNullableString(e.b, s)
	}
}

func (e *produceEncoder) length(n int) {
	if e.flexible {
		e.b = kbin.AppendCompactArrayLen(e.b, n)
	} else {
		e.b = kbin.AppendArrayLen(e.b, n)
	}
}

func (e *produceEncoder) records(r []byte) {
	if r == nil {
		e.length(-1)
		return
	}
	e.length(len(r)) // of bytes, like that of a list
	if len(r) >= largeRecords {
		e.large = append(e.large, records{len(e.b), r})
	} else {
		e.b = append(e.b, r...)
	}
}

func (e *produceEncoder) noTags() {
	if e.flexible {
		e.b = append(e.b, 0)
	}
}
