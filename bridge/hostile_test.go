package bridge_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// narrow is the size of socket buffers, so that a peer that reads nothing is soon noticed. Less than two
// of the loopback's segments would make TCP stop and go.
const narrow = 128 << 10

// patience is how long a test over TCP waits for what should come at once.
const patience = 10 * time.Second

// serveNarrow is serve with narrow sockets towards clients.
func serveNarrow(t *testing.T, c bridge.Config) (url string) {
	t.Helper()
	return bridgetest.Serve(t, bridgetest.New(t, c), func(s *httptest.Server) {
		s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
			c.(*net.TCPConn).SetWriteBuffer(narrow)
			return ctx
		}
	}) + "/kafka"
}

// attack opens a WebSocket with a narrow receive buffer.
func attack(t *testing.T, url, subprotocol string) *hostile.Conn {
	t.Helper()
	c, err := hostile.Dial(url, subprotocol)
	if err != nil {
		t.Fatal(err)
	}
	c.Conn.(*net.TCPConn).SetReadBuffer(narrow)
	t.Cleanup(func() { c.Close() })
	return c
}

func send(t *testing.T, c *hostile.Conn, messages ...[]byte) {
	t.Helper()
	if err := c.Send(messages...); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, c *hostile.Conn) hostile.Message {
	t.Helper()
	b, err := c.Receive()
	if err != nil {
		t.Fatal(err)
	}
	m, err := hostile.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// expect reads the next message, which has to be of this type and for this stream.
func expect(t *testing.T, c *hostile.Conn, kind byte, stream uint32) hostile.Message {
	t.Helper()
	m := receive(t, c)
	if m.Type != kind || m.Stream != stream {
		t.Fatalf("got %v, type %d of stream %d was expected", m, kind, stream)
	}
	return m
}

// open opens a stream and waits until its broker is connected.
func open(t *testing.T, c *hostile.Conn, stream, window uint32, target string) {
	t.Helper()
	send(t, c, hostile.Open(stream, window, target))
	expect(t, c, hostile.TypeOpened, stream)
}

// openMany opens streams 1 to n and waits until all brokers are connected.
func openMany(t *testing.T, c *hostile.Conn, n, window uint32, target string) {
	t.Helper()
	for id := uint32(1); id <= n; id++ {
		send(t, c, hostile.Open(id, window, target))
	}
	for range n {
		if m := receive(t, c); m.Type != hostile.TypeOpened {
			t.Fatalf("got %v, OPENED was expected", m)
		}
	}
}

// mustEchoOn sends bytes on a stream, and gets them back.
func mustEchoOn(t *testing.T, c *hostile.Conn, stream uint32, p string) {
	t.Helper()
	send(t, c, hostile.Data(stream, []byte(p)))
	for got := ""; len(got) < len(p); {
		switch m := receive(t, c); {
		case m.Type == hostile.TypeData && m.Stream == stream:
			got += string(m.Payload)
		case m.Type == hostile.TypeClose && m.Stream == stream:
			t.Fatalf("got %v, an echo was expected", m)
		}
	}
}

// ask sends a byte on a stream, and reads the broker's answer of so many bytes.
func ask(t *testing.T, c *hostile.Conn, stream uint32, answer int) {
	t.Helper()
	send(t, c, hostile.Data(stream, []byte("?")))
	for got := 0; got < answer; {
		if m := receive(t, c); m.Type == hostile.TypeData {
			got += len(m.Payload)
		}
	}
}

// mustEnd reads until the bridge closes the WebSocket with a close frame.
func mustEnd(t *testing.T, c *hostile.Conn) *hostile.Closed {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(patience))
	err := c.Drain()
	closed, ok := errors.AsType[*hostile.Closed](err)
	if !ok {
		t.Fatalf("the WebSocket ended without a close frame: %v", err)
	}
	return closed
}

// mustAnswerPing waits until the bridge has read all that was sent, and has answered a ping.
func mustAnswerPing(t *testing.T, c *hostile.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(patience))
	defer c.SetReadDeadline(time.Time{})
	if err := c.AwaitPong("is all read?"); err != nil {
		t.Fatalf("no pong: %v", err)
	}
}

// A flood is a broker that answers the first byte with a burst, and sends for ever once it is told to.
type flood struct {
	addr  string
	sent  atomic.Int64 // bytes, on all connections
	begin chan struct{}
}

const burst = 128 << 10

func newFlood(t *testing.T) *flood {
	f := &flood{begin: make(chan struct{})}
	p := make([]byte, burst)
	f.addr = testnet.Serve(t, func(c net.Conn) {
		c.(*net.TCPConn).SetWriteBuffer(narrow)
		if _, err := c.Read(make([]byte, 1)); err != nil {
			return
		}
		for {
			n, err := c.Write(p)
			f.sent.Add(int64(n))
			if err != nil {
				return
			}
			<-f.begin
		}
	})
	t.Cleanup(f.start)
	return f
}

// start has all brokers send. It may be called twice, one after the other.
func (f *flood) start() {
	select {
	case <-f.begin:
	default:
		close(f.begin)
	}
}

// responder is a broker that answers each byte with size bytes.
func responder(t *testing.T, size int) (addr string) {
	answer := make([]byte, size)
	return testnet.Serve(t, func(c net.Conn) {
		request := make([]byte, 1)
		for {
			if _, err := io.ReadFull(c, request); err != nil {
				return
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
	})
}
