package wire

import (
	"bytes"
	"testing"
)

// BenchmarkDecode decodes a response to Fetch with 1,000 records.
func BenchmarkDecode(b *testing.B) {
	frame := fetchWith(bytes.Repeat(aBatch(0), 500))
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		Decode(1, fetchVersion, false, frame)
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
