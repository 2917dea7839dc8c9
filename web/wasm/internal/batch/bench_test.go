package batch_test

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch"
	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// BenchmarkRecode reads records of 100 bytes and encodes them for the page: what a consumer does with each.
func BenchmarkRecode(b *testing.B) {
	const n = 2000
	var packed []byte
	value := make([]byte, 100)
	for i := range n {
		r := kmsg.Record{OffsetDelta: int32(i), Value: value}
		body := r.AppendTo(nil)[1:] // without the length 0
		packed = append(binary.AppendVarint(packed, int64(len(body))), body...)
	}
	kafka := kmsg.RecordBatch{Magic: 2, LastOffsetDelta: n - 1, NumRecords: n, Records: packed}
	bytes := kafka.AppendTo(nil)
	binary.BigEndian.PutUint32(bytes[8:], uint32(len(bytes)-12))
	binary.BigEndian.PutUint32(bytes[17:], crc32.Checksum(bytes[21:], crc32.MakeTable(crc32.Castagnoli)))
	partition := &kmsg.FetchResponseTopicPartition{RecordBatches: bytes}
	w := batch.NewWriter(math.MaxInt)
	b.SetBytes(int64(len(bytes)))
	for b.Loop() {
		r := records.NewReader(partition, 0, math.MaxInt64, true, kgo.DefaultDecompressor())
		w.Begin("topic")
		for {
			record, err := r.Next()
			if err != nil {
				b.Fatal(err)
			}
			if record == nil {
				break
			}
			w.Add(record)
		}
		if w.Len() != n {
			b.Fatal(w.Len())
		}
		w.Finish(batch.Header{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/record")
}
