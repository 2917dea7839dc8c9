package bridge_test

import (
	"bytes"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

const (
	slow      = 10 << 10 // bytes per second of a bad mobile network
	slowBytes = 1 << 20  // 102 s at that rate
)

// pingEvery has the client ping until the test is over.
func pingEvery(t *testing.T, c *hostile.Conn, interval time.Duration) {
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	go func() {
		for {
			select {
			case <-time.After(interval):
				c.SendFrame(hostile.Frame{Opcode: hostile.OpPing, Payload: []byte("there?")})
			case <-done:
				return
			}
		}
	}()
}

func TestSlowDownlinkCarriesAMebibyte(t *testing.T) {
	broker := func(c net.Conn) {
		c.Write(make([]byte, slowBytes))
		io.Copy(io.Discard, c)
	}
	bothWithBrokers(t, slow, broker, func(t *testing.T, v *virtual, subprotocol string, brokers *brokers) {
		p := v.pipe(t, subprotocol, 2*slowBytes)
		pingEvery(t, p.Conn, 5*time.Second)
		start := time.Now()
		for got := 0; got < slowBytes; {
			b, _, err := p.receive()
			if got += len(b); err != nil {
				t.Fatalf("after %v and %d bytes: %v", time.Since(start), got, err)
			}
		}
		mustBeWithin(t, "all bytes came", time.Since(start), 100*time.Second, 200*time.Second)
	})
}

func TestSlowUplinkCarriesAMebibyte(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		var arrived chan time.Time
		config := func(t *testing.T) bridge.Config {
			arrived = make(chan time.Time, 1)
			brokers := newBrokers(t, func(c net.Conn) {
				io.CopyN(io.Discard, c, slowBytes)
				arrived <- time.Now()
				io.Copy(io.Discard, c)
			})
			return bridge.Config{Dial: brokers.dial}
		}
		inVirtualTime(t, slow, config, func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			pingEvery(t, p.Conn, 5*time.Second)
			start := time.Now()
			var credit atomic.Int64
			credit.Store(256 << 10)
			ended := make(chan error, 1)
			go func() {
				for {
					_, n, err := p.receive()
					if err != nil {
						ended <- err
						return
					}
					credit.Add(int64(n))
				}
			}()
			const piece = 16 << 10
			for sent := 0; sent < slowBytes; sent += piece {
				for !p.raw && credit.Load() < piece && len(ended) == 0 {
					time.Sleep(10 * time.Millisecond)
				}
				credit.Add(-piece)
				if err := p.send(make([]byte, piece)); err != nil {
					t.Fatalf("after %v and %d bytes: %v, %v", time.Since(start), sent, err, <-ended)
				}
			}
			select {
			case at := <-arrived:
				mustBeWithin(t, "all bytes came", at.Sub(start), 100*time.Second, 200*time.Second)
			case err := <-ended:
				t.Fatalf("after %v: %v", time.Since(start), err)
			case <-time.After(10 * time.Minute):
				t.Fatal("the bytes never came")
			}
		})
	})
}

// TestPingDuringAStalledWriteIsAnsweredAfterIt stops reading for 30 s. The bridge has to read on, and
// to answer when it can.
func TestPingDuringAStalledWriteIsAnsweredAfterIt(t *testing.T) {
	var conns chan net.Conn
	config := func(t *testing.T) bridge.Config {
		conns = make(chan net.Conn, 2)
		brokers := newBrokers(t, func(c net.Conn) {
			conns <- c
			<-t.Context().Done()
		})
		return bridge.Config{Dial: brokers.dial}
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		open(t, c, 1, 16<<20, memoryBroker)
		flood := <-conns
		open(t, c, 2, 1<<20, memoryBroker)
		second := <-conns
		go floods(flood)
		time.Sleep(5 * time.Second) // virtual: until the bridge can write no more

		for _, payload := range []string{"first", "second", "latest"} {
			if err := c.SendFrame(hostile.Frame{Opcode: hostile.OpPing, Payload: []byte(payload)}); err != nil {
				t.Fatal(err)
			}
			p := []byte("bytes behind a ping")
			send(t, c, hostile.Data(2, p))
			start := time.Now()
			second.SetReadDeadline(start.Add(minute))
			got := make([]byte, len(p))
			if _, err := io.ReadFull(second, got); err != nil || !bytes.Equal(got, p) {
				t.Fatalf("the other stream's broker got %q after %v: %v", got, time.Since(start), err)
			}
			mustBeWithin(t, "the other stream's bytes came", time.Since(start), 0, time.Second)
			time.Sleep(10 * time.Second)
		}

		var pongs []string
		c.OnPong = func(p []byte) { pongs = append(pongs, string(p)) }
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		for len(pongs) == 0 || pongs[len(pongs)-1] != "latest" {
			if _, err := c.Receive(); err != nil {
				t.Fatalf("pongs %q came, then: %v", pongs, err)
			}
		}
		t.Logf("pongs: %q", pongs)
	})
}
