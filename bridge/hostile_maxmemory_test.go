package bridge_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// maxMemory is what all sessions of a bridge may hold, and memorySlack what holding it may cost.
const (
	maxMemory   = 16 << 20
	memorySlack = 8 << 20
)

func TestMaxMemoryHoldsForClientsThatReadNothing(t *testing.T) {
	const sessions, streams, window = 300, 4, 1 << 20
	broker, echo := newFlood(t), echo(t)
	url := serveNarrow(t, bridge.Config{Brokers: []string{broker.addr, echo}, MaxMemory: maxMemory})
	broker.start()
	var clients []*hostile.Conn
	for range sessions {
		c := attack(t, url, hostile.Tunnel)
		openMany(t, c, streams, window, broker.addr)
		clients = append(clients, c)
	}
	before := hostile.ReadMemory()
	for _, c := range clients {
		for id := uint32(1); id <= streams; id++ {
			send(t, c, hostile.Data(id, []byte("?")))
		}
	}
	hostile.Eventually(t, "the brokers send 16 MiB", func() bool { return broker.sent.Load() >= maxMemory })
	hostile.Settled(broker.sent.Load)
	mustHold(t, "300 sessions whose clients read nothing", hostile.SettledMemory().Since(before), maxMemory+memorySlack)

	c := attack(t, url, hostile.Tunnel)
	c.SetReadDeadline(time.Now().Add(patience))
	open(t, c, 1, window, echo)
	mustEchoOn(t, c, 1, strings.Repeat("well behaved", 1000))
}

func TestMaxMemoryHoldsForBrokersThatReadNothing(t *testing.T) {
	const sessions, streams, window = 20, 16, 256 << 10
	brokers := newBrokers(t, nil)
	url := serveNarrow(t, bridge.Config{Brokers: []string{memoryBroker}, Dial: brokers.dial, MaxMemory: maxMemory})
	var clients []*hostile.Conn
	for range sessions {
		c := attack(t, url, hostile.Tunnel)
		openMany(t, c, streams, 1<<20, memoryBroker)
		clients = append(clients, c)
	}
	before := hostile.ReadMemory()
	var closed, otherwise atomic.Int64
	for _, c := range clients {
		go func() {
			for {
				b, err := c.Receive()
				if err != nil {
					return
				}
				if m, err := hostile.Parse(b); err == nil && m.Type == hostile.TypeClose {
					if m.Code() == 4429 && strings.HasPrefix(m.Reason(), "memory: ") {
						closed.Add(1)
					} else {
						otherwise.Add(1)
					}
				}
			}
		}()
		for id := uint32(1); id <= streams; id++ {
			for range window / (64 << 10) {
				send(t, c, hostile.Data(id, make([]byte, 64<<10)))
			}
		}
	}
	n := hostile.Settled(closed.Load)
	mustHold(t, "320 windows of 256 KiB that no broker takes", hostile.SettledMemory().Since(before), maxMemory+memorySlack)
	t.Logf("%d streams were closed for want of memory", n)
	const fit = maxMemory / window
	if n < sessions*streams-fit || n == sessions*streams || otherwise.Load() > 0 {
		t.Errorf("%d of %d streams were closed with 4429 \"memory:\", %d otherwise; about %d were expected to live",
			n, sessions*streams, otherwise.Load(), fit)
	}
}

func TestMaxMemoryHoldsForMessagesThatEndNowhere(t *testing.T) {
	const sessions = 300
	broker := echo(t)
	url := serveNarrow(t, bridge.Config{Brokers: []string{broker}, MaxMemory: maxMemory})
	var clients []*hostile.Conn
	for range sessions {
		c := attack(t, url, hostile.Tunnel)
		open(t, c, 1, 1<<20, broker)
		clients = append(clients, c)
	}
	message := clients[0].Encode(nil, hostile.Frame{Opcode: hostile.OpBinary, Payload: hostile.Data(1, make([]byte, 256<<10))})
	before := hostile.ReadMemory()
	var taken atomic.Int64
	for _, c := range clients {
		go func() {
			for part := message[:len(message)-1]; len(part) > 0; {
				n, err := c.Write(part[:min(len(part), 4<<10)])
				if err != nil {
					return
				}
				taken.Add(int64(n))
				part = part[n:]
			}
		}()
	}
	hostile.Eventually(t, "the bridge takes 32 MiB", func() bool { return taken.Load() >= 2*maxMemory })
	hostile.Settled(taken.Load)
	mustHold(t, "300 messages of 256 KiB without their last byte", hostile.SettledMemory().Since(before), maxMemory+memorySlack)

	c := attack(t, url, hostile.Tunnel)
	c.SetReadDeadline(time.Now().Add(patience))
	open(t, c, 1, 1<<20, broker)
	mustEchoOn(t, c, 1, strings.Repeat("well behaved", 5000))
}
