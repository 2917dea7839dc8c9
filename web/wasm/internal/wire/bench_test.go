package wire

import (
	"bytes"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// BenchmarkDecode decodes a response to Fetch with 2,000 records.
func BenchmarkDecode(b *testing.B) {
	r := kmsg.NewPtrFetchResponse()
	r.Version = 12
	r.Topics = []kmsg.FetchResponseTopic{{Topic: "t", Partitions: []kmsg.FetchResponseTopicPartition{{RecordBatches: bytes.Repeat(aBatch(0), 1000)}}}}
	frame := withSize(r.AppendTo([]byte{0, 0, 0, 0, 0, 0, 0, 1, 0}))
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		Decode(r.Key(), r.Version, false, frame)
	}
}

// BenchmarkTap passes a frame of 64 KiB in pieces of 4 KiB, without a Capture and with one that nobody
// reads.
func BenchmarkTap(b *testing.B) {
	request := withSize(append(requestSample(3, 12, false).frame, make([]byte, 64<<10)...))
	for name, captures := range map[string]int{"without": 0, "with": 1} {
		b.Run(name, func(b *testing.B) {
			tap := new(Tap)
			for range captures {
				defer tap.Capture(64 << 10).Close()
			}
			conn := tap.Conn(&fakeConn{}, "broker:9092")
			b.SetBytes(int64(len(request)))
			for b.Loop() {
				for rest := request; len(rest) > 0; rest = rest[min(len(rest), 4<<10):] {
					conn.Write(rest[:min(len(rest), 4<<10)])
				}
			}
		})
	}
}

// BenchmarkExchange compares a connection with a Tap, and one with a Capture that nobody reads, with a bare one, by
// the fastest tenth of exchanges over loopback, which a busy machine changes least. A client does more in that time,
// so it loses less.
func BenchmarkExchange(b *testing.B) {
	for name, size := range map[string]int{"100 bytes": 100, "64 KiB": 64 << 10, "1 MiB": 1 << 20} {
		b.Run(name, func(b *testing.B) {
			request := requestSample(3, 12, false).frame
			response := make([]byte, size)
			copy(response[4:], request[8:12])
			withSize(response)
			addr := testnet.Serve(b, func(c net.Conn) {
				for received := make([]byte, len(request)); ; {
					if _, err := io.ReadFull(c, received); err != nil {
						return
					}
					c.Write(response)
				}
			})
			idle, captured := new(Tap), new(Tap)
			defer captured.Capture(64 << 10).Close()
			conns := []net.Conn{testnet.Dial(b, addr), idle.Conn(testnet.Dial(b, addr), addr), captured.Conn(testnet.Dial(b, addr), addr)}
			took := make([][]time.Duration, len(conns))
			buffer := make([]byte, size)
			for b.Loop() {
				for i, c := range conns { // they take turns
					start := time.Now()
					c.Write(request)
					if _, err := io.ReadFull(c, buffer); err != nil {
						b.Fatal(err)
					}
					took[i] = append(took[i], time.Since(start))
				}
			}
			fast := func(i int) float64 {
				slices.Sort(took[i])
				return took[i][len(took[i])/10].Seconds()
			}
			b.ReportMetric(fast(0)*1e6, "bare-µs")
			b.ReportMetric(fast(1)/fast(0), "tap/bare")
			b.ReportMetric(fast(2)/fast(0), "capture/bare")
		})
	}
}
