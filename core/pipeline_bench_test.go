package core

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// An echoStream answers each request with the bytes after its header, and allocates nothing. It ignores
// deadlines.
type echoStream struct {
	mu      sync.Mutex
	changed sync.Cond
	buf     [4096]byte
	r, w    int
	closed  bool
}

func newEchoStream() *echoStream {
	s := new(echoStream)
	s.changed.L = &s.mu
	return s
}

func (s *echoStream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w = copy(s.buf[:], s.buf[s.r:s.w])
	s.r = 0
	s.w += copy(s.buf[s.w:], appendEchoes(s.buf[s.w:s.w], p))
	s.changed.Broadcast()
	return len(p), nil
}

func (s *echoStream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.r == s.w {
		if s.closed {
			return 0, net.ErrClosed
		}
		s.changed.Wait()
	}
	n := copy(p, s.buf[s.r:s.w])
	s.r += n
	return n, nil
}

func (s *echoStream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.changed.Broadcast()
	return nil
}

func (s *echoStream) SetReadDeadline(time.Time) error  { return nil }
func (s *echoStream) SetWriteDeadline(time.Time) error { return nil }

// appendEchoes answers whole requests.
func appendEchoes(dst, requests []byte) []byte {
	for len(requests) > 0 {
		n := int(binary.BigEndian.Uint32(requests))
		dst = binary.BigEndian.AppendUint32(dst, uint32(n-4))
		dst = append(dst, requests[8:4+n]...)
		requests = requests[4+n:]
	}
	return dst
}

func TestSteadyRoundTripsAllocateNothing(t *testing.T) {
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, row := range []struct {
		name       string
		ctx        context.Context
		sendBuffer int
	}{
		{"background", ctx, 0},
		{"ctx that can be cancelled", cancellable, 0},
		{"ctx that can be cancelled, a stream that takes small writes at once", cancellable, 4096},
	} {
		p := NewPipeline(NewConn(newEchoStream(), Options{SendBuffer: row.sendBuffer}), PipelineOptions{})
		req, dst := requestOf(strings.Repeat("x", 100)), []byte(nil)
		var err error
		n := testing.AllocsPerRun(1000, func() {
			if err == nil {
				dst, err = p.RoundTrip(row.ctx, req, dst)
			}
		})
		if n != 0 || err != nil || len(dst) != 104 {
			t.Errorf("%s: %v allocations, %d bytes, %v", row.name, n, len(dst), err)
		}
		p.Close()
	}
}

// serveEchoes answers requests, those that came together in one write.
func serveEchoes(c net.Conn) {
	in, out := make([]byte, 64<<10), make([]byte, 0, 64<<10)
	for have := 0; ; {
		n, err := c.Read(in[have:])
		if err != nil {
			return
		}
		have += n
		whole := 0
		for have-whole >= 4 && have-whole >= 4+int(binary.BigEndian.Uint32(in[whole:])) {
			whole += 4 + int(binary.BigEndian.Uint32(in[whole:]))
		}
		if _, err := c.Write(appendEchoes(out, in[:whole])); err != nil {
			return
		}
		have = copy(in, in[whole:have])
	}
}

// BenchmarkRoundTrip compares a Pipeline with a bare net.Conn that sets deadlines, and with a Conn. Both
// carry the same bytes, with one request in flight.
func BenchmarkRoundTrip(b *testing.B) {
	addr := testnet.Serve(b, serveEchoes)
	req := requestOf(strings.Repeat("x", 100))
	b.Run("bare", func(b *testing.B) {
		message := []byte(frame(string(req)))
		benchmarkBare(b, testnet.Dial(b, addr), message, len(message)-4)
	})
	b.Run("Conn", func(b *testing.B) {
		c := NewConn(testnet.Dial(b, addr), Options{})
		var buf []byte
		for b.Loop() {
			err := c.WriteFrame(ctx, req)
			if err == nil {
				buf, err = c.ReadFrame(ctx, buf)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	for name, ctx := range map[string]context.Context{"background": ctx, "cancellable": cancellable} {
		for _, callers := range []int{1, 16, 256} {
			b.Run(fmt.Sprintf("Pipeline/%s/%d", name, callers), func(b *testing.B) {
				p := NewPipeline(NewConn(testnet.Dial(b, addr), Options{SendBuffer: 4 << 10}), PipelineOptions{})
				defer p.Close()
				b.ReportAllocs()
				var all sync.WaitGroup
				for i := range callers {
					n := (b.N + i) / callers
					all.Go(func() {
						var buf []byte
						for range n {
							var err error
							if buf, err = p.RoundTrip(ctx, req, buf); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				all.Wait()
			})
		}
	}
}
