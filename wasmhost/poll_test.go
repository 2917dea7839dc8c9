package wasmhost

import (
	"context"
	"encoding/binary"
	"math"
	"net"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/wazerotest"
)

func itoa(n int) string { return strconv.Itoa(n) }

// clock and descriptor give a subscription as a guest encodes it.
func clock(timeout uint64, flags uint16) []byte {
	b := make([]byte, subscriptionSize)
	copy(b, "clock!!!")
	b[8] = clockEvent
	binary.LittleEndian.PutUint64(b[24:], timeout)
	binary.LittleEndian.PutUint16(b[40:], flags)
	return b
}

func descriptor(kind byte, fd int32) []byte {
	b := make([]byte, subscriptionSize)
	copy(b, "socket")
	b[6], b[7] = byte(fd), kind
	b[8] = kind
	binary.LittleEndian.PutUint32(b[16:], uint32(fd))
	return b
}

// guestMemory is where a test lays out the arguments of poll_oneoff.
type guestMemory struct{ api.Memory }

const (
	inAt, outAt, resultAt = 0, 32 << 10, 64<<10 - 8
)

func newGuestMemory(subscriptions ...[]byte) guestMemory {
	m := guestMemory{wazerotest.NewFixedMemory(64 << 10)}
	for i, s := range subscriptions {
		m.Write(uint32(inAt+i*subscriptionSize), s)
	}
	return m
}

// poll calls poll_oneoff and returns the userdata of the events.
func (m guestMemory) poll(t *testing.T, n *network, count uint32) []string {
	t.Helper()
	if errno := n.poll(t.Context(), m, inAt, outAt, count, resultAt); errno != 0 {
		t.Fatalf("errno %d", errno)
	}
	answered, _ := m.ReadUint32Le(resultAt)
	var events []string
	for i := range answered {
		b, _ := m.Read(outAt+i*eventSize, eventSize)
		if errno := binary.LittleEndian.Uint16(b[8:]); errno != 0 {
			t.Errorf("event %d has errno %d", i, errno)
		}
		if b[0] == 'c' && b[10] != clockEvent || b[0] == 's' && b[10] != b[7] {
			t.Errorf("event %d has type %d", i, b[10])
		}
		events = append(events, string(b[:8]))
	}
	return events
}

// connectedSocket returns a socket with the descriptor fd, and its peer.
func connectedSocket(t *testing.T, n *network, fd int32) (*socket, net.Conn) {
	t.Helper()
	guest, peer := net.Pipe()
	t.Cleanup(func() { peer.Close() })
	n.dial = func(context.Context, string, string) (net.Conn, error) { return guest, nil }
	s := newSocket(n)
	if _, errno := s.Pwrite([]byte(itoa(int(fd))+"\ntcp\nanything:1"), 0); errno != 0 {
		t.Fatal(errno)
	}
	newGuestMemory(descriptor(writeEvent, fd)).poll(t, n, 1) // until the dial ends
	return s, peer
}

func TestPollWaitsForTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t.Context(), Config{})
		start := time.Now()
		events := newGuestMemory(clock(uint64(time.Hour), 0), clock(uint64(time.Minute), 0)).poll(t, n, 2)
		if d := time.Since(start); d != time.Minute || len(events) != 1 {
			t.Errorf("got %q after %v, want one event after a minute", events, d)
		}
	})
}

func TestPollWaitsForBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t.Context(), Config{})
		s, peer := connectedSocket(t, n, 7)
		idle, _ := connectedSocket(t, n, 8)
		start := time.Now()
		time.AfterFunc(time.Second, func() { peer.Write([]byte("x")) })
		events := newGuestMemory(descriptor(readEvent, 8), descriptor(readEvent, 7), clock(uint64(time.Minute), 0)).poll(t, n, 3)
		if d := time.Since(start); d != time.Second || len(events) != 1 || events[0] != "socket\x07\x01" {
			t.Errorf("got %q after %v, want descriptor 7 after a second", events, d)
		}
		s.Close()
		idle.Close()
		n.close()
	})
}

func TestPollWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t.Context(), Config{})
		s, peer := connectedSocket(t, n, 7)
		taken, errno := s.Write(make([]byte, 1<<20))
		if taken != maxBuffer || errno != 0 {
			t.Fatalf("Write is (%d, %v), want %d", taken, errno, maxBuffer)
		}
		subscriptions := [][]byte{descriptor(writeEvent, 7), clock(0, 0)}
		if events := newGuestMemory(subscriptions...).poll(t, n, 2); len(events) != 1 {
			t.Errorf("a full socket is ready: %q", events)
		}
		time.AfterFunc(time.Second, func() { peer.Read(make([]byte, writeChunk)) })
		if events := newGuestMemory(subscriptions...).poll(t, n, 1); len(events) != 1 {
			t.Errorf("got %q, want descriptor 7", events)
		}
		s.Close()
		peer.Close()
		n.close()
	})
}

func TestPollTakesOtherDescriptorsAsReady(t *testing.T) {
	n := newNetwork(t.Context(), Config{})
	events := newGuestMemory(descriptor(readEvent, 0), descriptor(writeEvent, 1), descriptor(readEvent, -1), clock(uint64(time.Hour), 0)).poll(t, n, 4)
	if len(events) != 3 {
		t.Errorf("got %q, want the three descriptors", events)
	}
}

func TestPollEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := newNetwork(ctx, Config{})
	m := newGuestMemory(clock(uint64(time.Hour), 0))
	if errno := n.poll(ctx, m, inAt, outAt, 1, resultAt); errno != wasiEINTR {
		t.Errorf("errno %d, want EINTR", errno)
	}
}

func TestPollRefusesArgumentsThatMakeNoSense(t *testing.T) {
	n := newNetwork(t.Context(), Config{})
	valid := clock(0, 0)
	nonsense := clock(0, 0)
	nonsense[8] = 99
	const end = 64 << 10
	for _, test := range []struct {
		name                   string
		subscription           []byte
		in, out, count, result uint32
		want                   wasiErrno
	}{
		{"no subscriptions", valid, inAt, outAt, 0, resultAt, wasiEINVAL},
		{"too many subscriptions", valid, inAt, outAt, maxSubscriptions + 1, resultAt, wasiEINVAL},
		{"a count whose size overflows", valid, inAt, outAt, math.MaxUint32/subscriptionSize + 2, resultAt, wasiEINVAL},
		{"more than the memory has", valid, inAt, outAt, maxSubscriptions, resultAt, wasiEFAULT},
		{"subscriptions that pass the end", valid, end - 47, outAt, 1, resultAt, wasiEFAULT},
		{"subscriptions outside", valid, math.MaxUint32, outAt, 1, resultAt, wasiEFAULT},
		{"events that pass the end", valid, inAt, end - 31, 1, resultAt, wasiEFAULT},
		{"a result that passes the end", valid, inAt, outAt, 1, end - 3, wasiEFAULT},
		{"an unknown event", nonsense, inAt, outAt, 1, resultAt, wasiEINVAL},
		{"an absolute time", clock(0, 1), inAt, outAt, 1, resultAt, wasiENOTSUP},
		{"events over the subscriptions", valid, inAt, inAt, 1, resultAt, wasiSuccess},
		{"result over the subscriptions", valid, inAt, outAt, 1, inAt, wasiSuccess},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newGuestMemory(test.subscription)
			if errno := n.poll(t.Context(), m, test.in, test.out, test.count, test.result); errno != test.want {
				t.Errorf("errno %d, want %d", errno, test.want)
			}
		})
	}
}

// Whatever a guest asks, poll_oneoff neither panics nor answers more than was asked.
func FuzzPollOneoff(f *testing.F) {
	f.Add(clock(1, 0), uint32(inAt), uint32(outAt), uint32(1), uint32(resultAt))
	f.Add(append(descriptor(readEvent, 7), clock(0, 0)...), uint32(inAt), uint32(outAt), uint32(2), uint32(resultAt))
	f.Add(append(clock(0, 0), descriptor(writeEvent, -1)...), uint32(inAt), uint32(16), uint32(2), uint32(0))
	f.Fuzz(func(t *testing.T, subscriptions []byte, in, out, count, result uint32) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // so that none waits
		n := newNetwork(ctx, Config{})
		n.fds[7] = &socket{network: n, phase: dialing}
		m := newGuestMemory(subscriptions)
		if errno := n.poll(ctx, m, in, out, count, result); errno == wasiSuccess {
			if answered, _ := m.ReadUint32Le(result); answered == 0 || answered > count {
				t.Errorf("%d events for %d subscriptions", answered, count)
			}
		}
	})
}
