package bridge_test

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// The limit on silence and on a write without progress is a minute; who looks every 20 s is late.
const (
	minute   = 60 * time.Second
	lateness = 40 * time.Second
)

// serving returns a Config whose brokers all do the same, and the brokers.
func serving(broker func(net.Conn), all **brokers) func(*testing.T) bridge.Config {
	return func(t *testing.T) bridge.Config {
		*all = newBrokers(t, broker)
		return bridge.Config{Dial: (*all).dial}
	}
}

// bothWithBrokers runs a test in virtual time for both subprotocols, with brokers that all do the same.
func bothWithBrokers(t *testing.T, rate int, broker func(net.Conn), test func(t *testing.T, v *virtual, subprotocol string, brokers *brokers)) {
	t.Helper()
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		var brokers *brokers
		inVirtualTime(t, rate, serving(broker, &brokers), func(t *testing.T, v *virtual) {
			test(t, v, subprotocol, brokers)
		})
	})
}

// mustBeWithin checks when something happened.
func mustBeWithin(t *testing.T, what string, took, from, to time.Duration) {
	t.Helper()
	t.Logf("%s after %v", what, took)
	if took < from || took > to {
		t.Errorf("%s after %v, between %v and %v were expected", what, took, from, to)
	}
}

func TestVanishedClientIsGoneAfterAMinute(t *testing.T) {
	bothWithBrokers(t, 0, echoes, func(t *testing.T, v *virtual, subprotocol string, brokers *brokers) {
		v.pipe(t, subprotocol, 1<<20).mustEcho(t, "last words")
		v.link.Die()
		took := brokers.untilClosed(10 * time.Minute)
		mustBeWithin(t, "the broker's connection was closed", took, minute-time.Second, minute+lateness)
	})
}

func TestClientThatLeavesAMessageUnfinishedIsGoneAfterAMinute(t *testing.T) {
	bothWithBrokers(t, 0, echoes, func(t *testing.T, v *virtual, subprotocol string, brokers *brokers) {
		p := v.pipe(t, subprotocol, 1<<20)
		p.OnPing = func([]byte) {}
		go p.Drain()
		frame := p.Encode(nil, hostile.Frame{Opcode: hostile.OpBinary, Payload: hostile.Data(1, make([]byte, 1000))})
		if _, err := p.Write(frame[:500]); err != nil {
			t.Fatal(err)
		}
		took := brokers.untilClosed(10 * time.Minute)
		mustBeWithin(t, "the broker's connection was closed", took, minute-time.Second, minute+lateness)
	})
}

// TestBytesOfAnUnfinishedMessageAreASignOfLife sends a byte every 10 s, and answers no ping.
func TestBytesOfAnUnfinishedMessageAreASignOfLife(t *testing.T) {
	bothWithBrokers(t, 0, echoes, func(t *testing.T, v *virtual, subprotocol string, brokers *brokers) {
		p := v.pipe(t, subprotocol, 1<<20)
		p.OnPing = func([]byte) {}
		payload := []byte("a message of thirty bytes, all")
		if !p.raw {
			payload = hostile.Data(1, payload)
		}
		start := time.Now()
		for _, b := range p.Encode(nil, hostile.Frame{Opcode: hostile.OpBinary, Payload: payload}) {
			if _, err := p.Write([]byte{b}); err != nil {
				t.Fatalf("after %v: %v", time.Since(start), err)
			}
			time.Sleep(10 * time.Second)
		}
		if b, _, err := p.receive(); len(b) == 0 || err != nil {
			t.Errorf("%q came back: %v", b, err)
		}
	})
}

// TestClientThatNeverReadsIsGoneAfterAMinute has a client that sends, so that it is not silence
// that ends it.
func TestClientThatNeverReadsIsGoneAfterAMinute(t *testing.T) {
	bothWithBrokers(t, 0, floodsAndReads, func(t *testing.T, v *virtual, subprotocol string, brokers *brokers) {
		p := v.pipe(t, subprotocol, 16<<20)
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			for p.send([]byte("x")) == nil {
				time.Sleep(5 * time.Second)
			}
		}()
		took := brokers.untilClosed(10 * time.Minute)
		mustBeWithin(t, "the broker's connection was closed", took, minute-time.Second, minute+lateness)
		p.Close()
		<-gone
	})
}

func TestIdleClientThatAnswersPingsLives(t *testing.T) {
	bothWithBrokers(t, 0, echoes, func(t *testing.T, v *virtual, subprotocol string, brokers *brokers) {
		p := v.pipe(t, subprotocol, 1<<20)
		start := time.Now()
		var early atomic.Int64
		p.OnPing = func(payload []byte) {
			if time.Since(start) < 58*time.Second {
				early.Add(1)
			}
			p.SendFrame(hostile.Frame{Opcode: hostile.OpPong, Payload: payload})
		}
		ended := make(chan error)
		go func() { ended <- p.Drain() }()
		select {
		case err := <-ended:
			t.Fatalf("an idle client ended after %v: %v", time.Since(start), err)
		case <-time.After(10 * time.Minute):
		}
		t.Logf("%d pings in 58 s", early.Load())
		if early := early.Load(); early < 2 {
			t.Errorf("%d pings in 58 s, 2 at least were expected", early)
		}
		if open, _ := brokers.counts(); open != 1 {
			t.Errorf("%d broker connections are open", open)
		}
		p.Close()
		<-ended
	})
}

func TestSessionWithoutAStreamIsClosedAsIdle(t *testing.T) {
	var brokers *brokers
	inVirtualTime(t, 0, serving(echoes, &brokers), func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		start := time.Now()
		closed := c.Drain()
		mustBeWithin(t, closed.Error(), time.Since(start), 19*time.Second, 45*time.Second)
		if closed, ok := closed.(*hostile.Closed); !ok || closed.Code != 4408 {
			t.Error("code 4408 was expected")
		}
	})
}
