package bridge_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// A virtual is a bridge whose clients and brokers are in memory, in a bubble of testing/synctest: its
// limits of a minute cost no time.
type virtual struct {
	bridge   *bridge.Bridge
	link     *hostile.Link // to the clients
	listener *hostile.Listener
}

// inVirtualTime runs a test with a bridge that its clients reach at a rate in bytes per second; 0: at
// any.
func inVirtualTime(t *testing.T, rate int, config func(*testing.T) bridge.Config, test func(*testing.T, *virtual)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := config(t)
		if c.Brokers == nil {
			c.Brokers = []string{memoryBroker}
		}
		b, err := bridge.New(c)
		if err != nil {
			t.Fatal(err)
		}
		v := &virtual{b, hostile.NewLink(t, rate), hostile.NewListener()}
		server := &http.Server{Handler: b}
		go server.Serve(v.listener)
		t.Cleanup(func() {
			go func() { // which may hang, until the brokers are gone
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				b.Shutdown(ctx)
			}()
			server.Close()
		})
		test(t, v)
	})
}

// connect opens a WebSocket; one of the subprotocol "binary" is connected to the broker.
func (v *virtual) connect(t *testing.T, subprotocol string, header http.Header) *hostile.Conn {
	t.Helper()
	return v.connectTo(t, memoryBroker, subprotocol, header)
}

// connectTo is connect; one of the subprotocol "binary" is connected to a broker, or to any where it is "".
func (v *virtual) connectTo(t *testing.T, broker, subprotocol string, header http.Header) *hostile.Conn {
	t.Helper()
	near, far := v.link.Pipe()
	go v.listener.Give(far)
	c, err := hostile.Upgrade(near, "ws://127.0.0.1/kafka?broker="+broker, subprotocol, header)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// A pipe is one broker connection of a client, whatever its subprotocol.
type pipe struct {
	*hostile.Conn
	raw bool
}

// pipe connects to the broker.
func (v *virtual) pipe(t *testing.T, subprotocol string, window uint32) pipe {
	t.Helper()
	p := pipe{v.connect(t, subprotocol, nil), subprotocol == hostile.Raw}
	if !p.raw {
		open(t, p.Conn, 1, window, memoryBroker)
	}
	return p
}

// send sends bytes to the broker.
func (p pipe) send(b []byte) error {
	if !p.raw {
		b = hostile.Data(1, b)
	}
	return p.Send(b)
}

// receive returns the next bytes of the broker, or the credit that came instead.
func (p pipe) receive() (b []byte, credit int, err error) {
	for {
		b, err = p.Receive()
		if err != nil || p.raw {
			return b, 0, err
		}
		m, err := hostile.Parse(b)
		switch {
		case err != nil:
			return nil, 0, err
		case m.Type == hostile.TypeData:
			return m.Payload, 0, nil
		case m.Type == hostile.TypeCredit:
			return nil, int(m.Uint32()), nil
		}
	}
}

// mustEcho sends bytes to the broker and gets them back.
func (p pipe) mustEcho(t *testing.T, s string) {
	t.Helper()
	if err := p.send([]byte(s)); err != nil {
		t.Fatal(err)
	}
	for got := ""; got != s; {
		b, _, err := p.receive()
		if err != nil || len(got) > len(s) {
			t.Fatalf("got %q back: %v", got, err)
		}
		got += string(b)
	}
}

// bothSubprotocols runs a test for a tunnel and for a raw client.
func bothSubprotocols(t *testing.T, test func(t *testing.T, subprotocol string)) {
	t.Run("Tunnel", func(t *testing.T) { test(t, hostile.Tunnel) })
	t.Run("Raw", func(t *testing.T) { test(t, hostile.Raw) })
}
