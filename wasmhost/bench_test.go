package wasmhost

import (
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkRoundTrip compares 128 bytes to an echo server and back in a guest with the same
// natively. Each figure is of the best batch of 1000.
func BenchmarkRoundTrip(b *testing.B) {
	const count, batch = 20_000, 1000
	for b.Loop() {
		c, err := dialService(b.Context(), "tcp", "echo:1")
		if err != nil {
			b.Fatal(err)
		}
		p := make([]byte, 128)
		native := time.Duration(1<<63 - 1)
		for range count / batch {
			start := time.Now()
			for range batch {
				if _, err := c.Write(p); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c, p); err != nil {
					b.Fatal(err)
				}
			}
			native = min(native, time.Since(start)/batch)
		}
		c.Close()
		guest := nanoseconds(b, "roundtrips", "echo:1", itoa(count))
		b.ReportMetric(float64(native.Nanoseconds()), "native-ns")
		b.ReportMetric(guest, "guest-ns")
		b.ReportMetric(guest/float64(native.Nanoseconds()), "guest/native")
	}
}

// BenchmarkThroughput sends bytes from a guest to an echo server and back, both at once. The figure
// counts each byte once.
func BenchmarkThroughput(b *testing.B) {
	const total = 256 << 20
	for _, service := range []string{"echo", "echo-pipe"} {
		b.Run(service, func(b *testing.B) {
			for b.Loop() {
				ns := nanoseconds(b, "throughput", service+":1", itoa(total))
				b.ReportMetric(total/1e6/(ns/1e9), "MB/s")
			}
		})
	}
}

// nanoseconds runs prog and returns what it prints.
func nanoseconds(b *testing.B, args ...string) float64 {
	b.Helper()
	o := runProg(b, Config{Dial: dialService}, args...)
	ns, err := strconv.ParseFloat(strings.TrimSpace(o.stdout), 64)
	if err != nil || o.code != 0 {
		b.Fatalf("%+v", o)
	}
	return ns
}
