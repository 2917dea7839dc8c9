package filter

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/bufferpool"
)

func BenchmarkProduce(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"16KiB", 16 << 10}, {"1MiB", 1 << 20}} {
		b.Run(size.name, func(b *testing.B) {
			req := produce(9, 1, "orders")
			req.Topics[0].Partitions[0].Records = make([]byte, size.bytes)
			benchmark(b, newFilter(b, nil, producer()), req)
		})
	}
}

func BenchmarkFetch(b *testing.B) {
	for _, partitions := range []struct {
		name   string
		number int
	}{{"1", 1}, {"100", 100}} {
		b.Run(partitions.name, func(b *testing.B) {
			req := at(17, kmsg.NewPtrFetchRequest())
			req.SessionEpoch = finalEpoch
			req.Topics = []kmsg.FetchRequestTopic{{TopicID: id(1)}}
			for range partitions.number {
				req.Topics[0].Partitions = append(req.Topics[0].Partitions, kmsg.NewFetchRequestTopicPartition())
			}
			benchmark(b, newFilter(b, nil, analyst("read-only")), req)
		})
	}
}

// benchmark measures what a request and its answer cost that pass.
func benchmark(b *testing.B, f *Filter, req kmsg.Request) {
	frame := request(1, req)
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		out, err := f.Request(b.Context(), frame)
		if out == nil || err != nil {
			b.Fatal(err)
		}
		bufferpool.Put(out[0])
		if rewrite, err := f.Response(1, 100); rewrite != nil || err != nil {
			b.Fatal(err)
		}
		f.Done()
	}
}
