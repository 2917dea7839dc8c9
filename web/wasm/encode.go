//go:build js

package main

import (
	"encoding/binary"
	"math"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A batch crosses to JavaScript as bytes, in one copy: each call across costs as much as copying
// a few kilobytes, and an object with eight fields takes a dozen of them. kafkaio.js decodes it.
// Integers are big-endian; lengths are 32 bits, -1 for null; offset and timestamp are float64, as
// every number of JavaScript, and exact to 2^53.

func appendRecord(b []byte, r *kgo.Record) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(r.Partition))
	b = appendNumber(b, r.Offset)
	b = appendNumber(b, r.Timestamp.UnixMilli())
	b = appendBytes(b, r.Key)
	b = appendBytes(b, r.Value)
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.Headers)))
	for _, h := range r.Headers {
		b = appendBytes(b, []byte(h.Key))
		b = appendBytes(b, h.Value)
	}
	return b
}

func appendNumber(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, math.Float64bits(float64(n)))
}

func appendBytes(b, p []byte) []byte {
	if p == nil {
		return binary.BigEndian.AppendUint32(b, math.MaxUint32)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
	return append(b, p...)
}
