package suite

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

const many = 50

// A browser makes one WebSocket handshake to a host at a time. All the connections of a client
// that starts must open within the default timeout nevertheless.
func manyAtOnce(t *testing.T, s Setup) {
	d := &kafkaio.Dialer{Bridge: s.Bridge}
	openMany(t, func(ctx context.Context) (*kafkaio.Conn, error) {
		c, err := d.Dial(ctx, s.Peer)
		if err == nil {
			_, err = c.Send(ctx, []byte("echo\n"))
		}
		return c, err
	})
}

func manyAtOnceWithSlowHandshakes(t *testing.T, s Setup) {
	d := &kafkaio.Dialer{Bridge: s.SlowBridge}
	// The broker's own handshake takes as long.
	d.Secure = func(_ context.Context, c net.Conn, _ string) (net.Conn, error) {
		if _, err := c.Write([]byte("pause 200ms; send 1; echo\n")); err != nil {
			return nil, err
		}
		_, err := io.ReadFull(c, make([]byte, 1))
		return c, err
	}
	openMany(t, func(ctx context.Context) (*kafkaio.Conn, error) { return d.Dial(ctx, s.Peer) })
}

// openMany has all connections open, and each of them working, at the same time.
func openMany(t *testing.T, dial func(context.Context) (*kafkaio.Conn, error)) {
	var allOpen, done sync.WaitGroup
	allOpen.Add(many)
	for i := range many {
		done.Go(func() {
			c, err := dial(t.Context())
			allOpen.Done()
			if err != nil {
				t.Errorf("connection %d of %d: %v", i+1, many, err)
				return
			}
			defer c.Close()
			allOpen.Wait()
			message := fmt.Sprintf("this is connection %d", i)
			if _, err := c.Send(t.Context(), []byte(message)); err != nil {
				t.Errorf("connection %d of %d: %v", i+1, many, err)
				return
			}
			got, err := c.Receive(t.Context(), len(message))
			if err != nil || string(got) != message {
				t.Errorf("connection %d of %d answered %q, %v", i+1, many, got, err)
			}
		})
	}
	done.Wait()
}

func duplexVolume(t *testing.T, s Setup) {
	const size, piece = 64 << 20, 1 << 20
	name := uniqueName(t)
	c := s.dial(t, fmt.Sprintf("name %s; duplex %d", name, size))
	sending := start(func() error {
		message := make([]byte, piece)
		var source pattern.Reader
		for range size / piece {
			source.Read(message)
			if _, err := c.Send(t.Context(), message); err != nil {
				return err
			}
		}
		return nil
	})
	var check pattern.Checker
	p := make([]byte, piece)
	for range size / piece {
		if _, err := c.ReceiveInto(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if _, err := check.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := sending.wait(t); err != nil {
		t.Fatal(err)
	}
	if r := s.report(t, name); r.received != size || r.sent != size || !r.intact {
		t.Errorf("the peer says %+v, want %d bytes both ways", r, size)
	}
}

// A peer sends to a reader that has stopped. What the peer gets rid of is held in memory on the
// way: here, at the other end of a bridge, or in the buffers of sockets. And it is nobody else's
// loss: other connections go on.
func stoppedReaderCostsBoundedMemory(t *testing.T, s Setup) {
	name := uniqueName(t)
	d := s.dialer()
	before := heap()
	c := s.dialWith(t, d, "name "+name+"; flood; hold")
	if r := s.report(t, name); r.sent > inFlight {
		t.Errorf("the peer could send %d bytes to a reader that has stopped, want %d at most", r.sent, inFlight)
	}
	if used := heap() - before; used > held {
		t.Errorf("a reader that has stopped costs %d bytes of heap, want %d at most", used, held)
	}
	wantOpen(t, s.dialWith(t, d, "echo"))
	wantPattern(t, c, 0, 1<<20)
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
