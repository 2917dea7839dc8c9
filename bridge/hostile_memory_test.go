package bridge_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// sessionHeap is what one session may hold: 1 MiB of DATA, as much of other messages, a client's
// window of bytes for brokers, and what holding them costs.
const sessionHeap = 8 << 20

// bytewiseHeap is what 256 KiB may cost that come one byte at a time.
const bytewiseHeap = 2 << 20

func mustHold(t *testing.T, what string, got hostile.Memory, limit int64) {
	t.Helper()
	t.Logf("%s: %v", what, got)
	if got.Heap > limit {
		t.Errorf("%s: the heap grew by %d KiB, at most %d were expected", what, got.Heap>>10, limit>>10)
	}
}

// TestManyBrokersFillNoMoreThanTheSessionsQueue has each stream carry a burst first, so that the bridge
// expects much of it.
func TestManyBrokersFillNoMoreThanTheSessionsQueue(t *testing.T) {
	const streams, window = 1024, 1 << 20
	broker := newFlood(t)
	url := serveNarrow(t, bridge.Config{Brokers: []string{broker.addr}})
	c := attack(t, url, hostile.Tunnel)
	openMany(t, c, streams, window, broker.addr)
	before := hostile.ReadMemory()
	for id := uint32(1); id <= streams; id++ {
		ask(t, c, id, burst)
	}
	mustHold(t, "1,024 streams after a burst each, per stream", hostile.ReadMemory().Since(before).Per(streams), 16<<10)
	broker.start()
	sent := hostile.Settled(broker.sent.Load)
	mustHold(t, "1,024 streams to a client that reads nothing", hostile.ReadMemory().Since(before), sessionHeap)

	// The session has only been waiting: all goes on once the client reads.
	for got := 0; got < 4<<20; {
		if m := receive(t, c); m.Type == hostile.TypeData {
			got += len(m.Payload)
		}
	}
	if sent <= streams*burst {
		t.Error("the brokers sent nothing")
	}

	// No more than is on its way is read for a client that has gone: a message each, and sockets' buffers.
	const underway = streams * window / 4
	sent = broker.sent.Load()
	c.Close()
	more := hostile.Settled(broker.sent.Load) - sent
	t.Logf("after the client had gone the brokers sent %d bytes", more)
	if more > underway {
		t.Errorf("the brokers could send %d bytes to a client that had gone, at most %d were expected", more, underway)
	}
}

// TestOpensOfAClientThatReadsNothingEndItsSession has no kernel between client and bridge, whose buffers
// could take all the answers.
func TestOpensOfAClientThatReadsNothingEndItsSession(t *testing.T) {
	const opens, batch = 60000, 500
	refuse := func(*testing.T) bridge.Config {
		return bridge.Config{Dial: func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }}
	}
	inVirtualTime(t, 0, refuse, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		before := hostile.ReadMemory()
		var most hostile.Memory
		var sent uint32
		for err := error(nil); err == nil; {
			if sent >= opens {
				t.Fatalf("%d OPENs were sent, and the bridge goes on reading", sent)
			}
			var b []byte
			for range batch {
				sent++
				b = c.Encode(b, hostile.Frame{Opcode: hostile.OpBinary, Payload: hostile.Open(sent, 1<<20, memoryBroker)})
			}
			c.SetWriteDeadline(time.Now().Add(time.Second))
			_, err = c.Write(b)
			time.Sleep(time.Millisecond) // until all dials have ended
			if now := hostile.ReadMemory().Since(before); now.Heap > most.Heap {
				most = now
			}
		}
		t.Logf("%d OPENs were sent", sent)
		mustHold(t, "OPENs of a client that reads nothing", most, sessionHeap)
		if closed := mustEnd(t, c); closed.Code != 4400 {
			t.Errorf("the session %v, code 4400 was expected", closed)
		}
	})
}

// TestBytewiseBrokersCostTheirBytes has many brokers send one byte at a time. They are in memory: each
// Write is one Read of the bridge's.
func TestBytewiseBrokersCostTheirBytes(t *testing.T) {
	const streams, each = 64, 4 << 10
	var sent atomic.Int64
	begin := make(chan struct{})
	brokers := newBrokers(t, func(c net.Conn) {
		<-begin
		for range each {
			if _, err := c.Write([]byte("x")); err != nil {
				return
			}
			sent.Add(1)
		}
		io.Copy(io.Discard, c)
	})
	url := serveNarrow(t, bridge.Config{Brokers: []string{memoryBroker}, Dial: brokers.dial})
	c := attack(t, url, hostile.Tunnel)
	openMany(t, c, streams, 1<<20, memoryBroker)
	before := hostile.ReadMemory()
	close(begin)
	t.Logf("%d bytes were sent", hostile.Settled(sent.Load))
	mustHold(t, "bytes from brokers, one by one", hostile.ReadMemory().Since(before), bytewiseHeap)
	for got := 0; got < streams*each; {
		if m := receive(t, c); m.Type == hostile.TypeData {
			got += len(m.Payload)
		}
	}
}

// TestBytewiseClientCostsItsBytes sends 1 KiB on each of many streams, in messages of one byte, to
// brokers that read nothing.
func TestBytewiseClientCostsItsBytes(t *testing.T) {
	const streams, each = 64, 1 << 10
	brokers := newBrokers(t, nil)
	url := serveNarrow(t, bridge.Config{Brokers: []string{memoryBroker}, Dial: brokers.dial})
	c := attack(t, url, hostile.Tunnel)
	openMany(t, c, streams, 1<<20, memoryBroker)
	before := hostile.ReadMemory()
	for id := uint32(1); id <= streams; id++ {
		frame := c.Encode(nil, hostile.Frame{Opcode: hostile.OpBinary, Payload: hostile.Data(id, []byte("x"))})
		if _, err := c.Write(bytes.Repeat(frame, each)); err != nil {
			t.Fatal(err)
		}
	}
	mustAnswerPing(t, c) // all that came before it was read
	mustHold(t, "64 KiB from a client, byte by byte", hostile.ReadMemory().Since(before), bytewiseHeap)
}

func TestIdleStreamsHoldNoBuffers(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer int
	}{{"After20KB", 20 << 10}, {"After100KB", 100 << 10}, {"After600KB", 600 << 10}} {
		t.Run(row.name, func(t *testing.T) {
			const streams = 256
			broker := responder(t, row.answer)
			url := serveNarrow(t, bridge.Config{Brokers: []string{broker}})
			c := attack(t, url, hostile.Tunnel)
			before := hostile.ReadMemory()
			openMany(t, c, streams, 1<<20, broker)
			for id := uint32(1); id <= streams; id++ {
				ask(t, c, id, row.answer)
				send(t, c, hostile.Credit(id, uint32(row.answer)))
			}
			mustAnswerPing(t, c)
			mustHold(t, "an idle stream", hostile.ReadMemory().Since(before).Per(streams), 16<<10)
		})
	}
}

// TestIdleSessionIsSmall counts the client's and the broker's sockets too. They have neither buffers
// nor goroutines: 1 KiB is far more than they cost.
func TestIdleSessionIsSmall(t *testing.T) {
	const sessions, sockets = 500, 1 << 10
	l := testnet.Listen(t)
	broker := l.Addr().String()
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	before := hostile.ReadMemory()
	for range sessions {
		c := attack(t, url, hostile.Tunnel)
		open(t, c, 1, 1<<20, broker)
		atBroker, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer atBroker.Close()
	}
	each := hostile.ReadMemory().Since(before).Per(sessions)
	t.Logf("an idle session with one stream: %v", each)
	if hostile.Race {
		each.Stacks /= 2 // the detector's frames are nearly twice as large
	}
	if cost := each.Inuse + each.Stacks; cost > 32<<10+sockets {
		t.Errorf("an idle session costs %.1f KiB of heap and stacks, at most 32 were expected", float64(cost)/(1<<10))
	}
}

// TestPingFloodOfAClientThatReadsNothing sends a byte for the broker behind the pings: once that has come, the bridge
// has read them all.
func TestPingFloodOfAClientThatReadsNothing(t *testing.T) {
	const pings, batch = 200000, 1000
	var allRead atomic.Bool
	broker := testnet.Serve(t, func(c net.Conn) {
		if _, err := c.Read(make([]byte, 1)); err == nil {
			allRead.Store(true)
			testnet.Echo(c)
		}
	})
	url := serveNarrow(t, bridge.Config{Brokers: []string{broker}})
	c := attack(t, url, hostile.Tunnel)
	open(t, c, 1, 1<<20, broker)
	ping := c.Encode(nil, hostile.Frame{Opcode: hostile.OpPing, Payload: []byte(strings.Repeat("p", 125))})
	many := bytes.Repeat(ping, batch)
	before := hostile.ReadMemory()
	for sent := 0; sent < pings; sent += batch {
		c.SetWriteDeadline(time.Now().Add(patience))
		if _, err := c.Write(many); err != nil {
			t.Fatalf("the bridge stopped reading after %d pings: %v", sent, err)
		}
	}
	c.SetWriteDeadline(time.Time{})
	send(t, c, hostile.Data(1, []byte("!")))
	hostile.Eventually(t, "the bridge reads all pings", allRead.Load)
	mustHold(t, "pings of a client that reads nothing", hostile.ReadMemory().Since(before), 1<<20)
	mustAnswerPing(t, c)
	mustEchoOn(t, c, 1, "alive")
}
