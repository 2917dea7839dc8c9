//go:build !wasm

package kafkaio_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

const (
	hostileTarget = "192.0.2.1:9092"
	shortTimeout  = 300 * time.Millisecond
)

// nextOpen reads messages until an OPEN, and returns its stream and window.
func nextOpen(c *hostile.Conn) (stream, window uint32, err error) {
	for {
		b, err := c.Receive()
		if err != nil {
			return 0, 0, err
		}
		if m, err := hostile.Parse(b); err == nil && m.Type == hostile.TypeOpen {
			return m.Stream, binary.BigEndian.Uint32(m.Payload), nil
		}
	}
}

// opens makes the bridge open every stream, and do nothing else.
func opens(c *hostile.Conn) {
	for {
		stream, _, err := nextOpen(c)
		if err != nil {
			return
		}
		c.Send(hostile.Opened(stream, 1<<20, hostileTarget))
	}
}

func mustEchoThrough(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Fatalf("got %q back: %v", got, err)
	}
}

// noAnswer is an error's text for a silent bridge, with the limit that passed.
var noAnswer = regexp.MustCompile(`bridge ws://127\.0\.0\.1:\d+/kafka: no answer within [0-9.]+m?s`)

func mustNameTheBridge(t *testing.T, err error, took time.Duration) {
	t.Helper()
	t.Logf("after %v: %v", took.Round(time.Millisecond), err)
	if err == nil {
		t.Fatal("a bridge that says nothing connected a broker")
	}
	if !noAnswer.MatchString(err.Error()) || strings.Contains(err.Error(), "context deadline exceeded") {
		t.Errorf("%v: the bridge, and the limit that passed, were expected", err)
	}
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
		t.Errorf("%v: a timeout was expected", err)
	}
	if took > 10*shortTimeout {
		t.Errorf("it took %v, about %v was expected", took, 2*shortTimeout)
	}
}

// TestDialAfterARefusedTokenHasASessionOfItsOwn refuses the first session, but doesn't end it yet.
func TestDialAfterARefusedTokenHasASessionOfItsOwn(t *testing.T) {
	var b *hostile.Bridge
	b = hostile.NewBridge(t, func(c *hostile.Conn) {
		if b.Upgrades.Load() > 1 {
			opens(c)
			return
		}
		for {
			stream, _, err := nextOpen(c)
			if err != nil {
				return
			}
			c.Send(hostile.CloseStream(stream, 4401, "that is not the token"))
		}
	})
	d := &kafkaio.Dialer{Bridge: b.URL, Timeout: 5 * time.Second}
	if _, err := d.Dial(t.Context(), hostileTarget); err == nil || !strings.Contains(err.Error(), "4401") || b.Upgrades.Load() != 1 {
		t.Fatalf("the first dial: %v, with %d sessions", err, b.Upgrades.Load())
	}
	c, err := d.Dial(t.Context(), hostileTarget)
	if err != nil {
		t.Fatalf("the second dial: %v", err)
	}
	c.Close()
}

// TestDialAfterThePathDied lets at most one dial fail on the dead WebSocket.
func TestDialAfterThePathDied(t *testing.T) {
	broker := testnet.Serve(t, testnet.Echo)
	b := bridgetest.New(t, bridge.Config{Brokers: []string{broker}})
	var upgrades atomic.Int64
	origin := bridgetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrades.Add(1)
		b.ServeHTTP(w, r)
	}))
	link := hostile.NewLink(t, 0)
	d := &kafkaio.Dialer{
		Bridge:  "ws://" + link.Listen(t, strings.TrimPrefix(origin, "ws://")) + "/kafka",
		Timeout: shortTimeout,
	}
	before, err := d.DialContext(t.Context(), "tcp", broker)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	mustEchoThrough(t, before)
	link.Die()

	start := time.Now()
	c, err := d.DialContext(t.Context(), "tcp", broker)
	if err != nil {
		mustNameTheBridge(t, err, time.Since(start))
		start = time.Now()
		if c, err = d.DialContext(t.Context(), "tcp", broker); err != nil {
			t.Fatalf("the second dial failed too: %v", err)
		}
	}
	defer c.Close()
	t.Logf("dialled after %v", time.Since(start).Round(time.Millisecond))
	mustEchoThrough(t, c)
	if n := upgrades.Load(); n != 2 {
		t.Errorf("%d WebSockets were opened, 2 were expected", n)
	}
}

func TestErrorNamesABridgeThatSaysNothing(t *testing.T) {
	for name, url := range map[string]string{
		"NoUpgrade": "ws://" + testnet.Serve(t, testnet.Discard) + "/kafka",
		"NoOpened":  hostile.NewBridge(t, func(c *hostile.Conn) { c.Drain() }).URL,
		"NothingAfterAnUpgrade": hostile.NewBridge(t, func(c *hostile.Conn) {
			c.OnPing = func([]byte) {}
			c.Drain()
		}).URL,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := (&kafkaio.Dialer{Bridge: url, Timeout: shortTimeout}).DialContext(t.Context(), "tcp", hostileTarget)
			mustNameTheBridge(t, err, time.Since(start))
		})
	}
}

func TestRedirectIsRefusedAndTheTokenNotSent(t *testing.T) {
	var requests atomic.Int64
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer target.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		redirecting := httptest.NewServer(http.RedirectHandler(target.URL+"/kafka", status))
		d := &kafkaio.Dialer{
			Bridge: "ws" + strings.TrimPrefix(redirecting.URL, "http") + "/kafka",
			Token:  func(context.Context) (string, error) { return "s3cret", nil },
		}
		_, err := d.DialContext(t.Context(), "tcp", hostileTarget)
		if err == nil || !strings.Contains(err.Error(), http.StatusText(status)) {
			t.Errorf("%d: %v, an error that names the status was expected", status, err)
		}
		redirecting.Close()
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("the redirects' target got %d requests", n)
	}
}

func TestBridgeThatBreaksTheRulesEndsItsSession(t *testing.T) {
	message := func(kind byte, stream uint32, payload []byte) []byte {
		return hostile.Message{Type: kind, Stream: stream, Payload: payload}.Bytes()
	}
	const most = 1<<31 - 1
	opened := func(id uint32) []byte { return hostile.Opened(id, 1<<20, hostileTarget) }
	for _, row := range []struct {
		name   string
		answer func(c *hostile.Conn, stream, window uint32) error // to an OPEN
	}{
		{"OpenedOverflow", func(c *hostile.Conn, id, _ uint32) error { return c.Send(hostile.Opened(id, most+1, hostileTarget)) }},
		{"OpenedTwice", func(c *hostile.Conn, id, _ uint32) error { return c.Send(opened(id), opened(id)) }},
		{"OpenedNeverAsked", func(c *hostile.Conn, id, _ uint32) error { return c.Send(opened(id + 7)) }},
		{"OpenedShort", func(c *hostile.Conn, id, _ uint32) error {
			return c.Send(message(hostile.TypeOpened, id, []byte{0, 0, 1}))
		}},
		{"OpenedOfALongAddress", func(c *hostile.Conn, id, _ uint32) error {
			return c.Send(hostile.Opened(id, 1, strings.Repeat("a", 263)))
		}},
		{"CreditBeforeOpened", func(c *hostile.Conn, id, _ uint32) error { return c.Send(hostile.Credit(id, 1), opened(id)) }},
		{"CreditOverflow", func(c *hostile.Conn, id, _ uint32) error { return c.Send(opened(id), hostile.Credit(id, most)) }},
		{"CreditNeverAsked", func(c *hostile.Conn, id, _ uint32) error { return c.Send(opened(id), hostile.Credit(id+7, 1)) }},
		{"DataBeforeOpened", func(c *hostile.Conn, id, _ uint32) error {
			return c.Send(hostile.Data(id, []byte("early")), opened(id))
		}},
		{"DataNeverAsked", func(c *hostile.Conn, id, _ uint32) error {
			return c.Send(opened(id), hostile.Data(id+7, []byte("whose?")))
		}},
		{"DataBeyondCredit", func(c *hostile.Conn, id, window uint32) error {
			err := c.Send(opened(id))
			for sent := uint32(0); sent <= window && err == nil; sent += 64 << 10 {
				err = c.Send(hostile.Data(id, make([]byte, 64<<10)))
			}
			return err
		}},
		{"DataOver256KiB", func(c *hostile.Conn, id, _ uint32) error {
			return c.Send(opened(id), hostile.Data(id, make([]byte, 256<<10+1)))
		}},
		{"OpenOfABridge", func(c *hostile.Conn, id, _ uint32) error { return c.Send(hostile.Open(id+1, 1, hostileTarget)) }},
		{"LongAuthOfABridge", func(c *hostile.Conn, _, _ uint32) error { return c.Send(hostile.Auth(strings.Repeat("x", 1025))) }},
		{"Type8", func(c *hostile.Conn, id, _ uint32) error { return c.Send(message(8, id, nil)) }},
		{"Short", func(c *hostile.Conn, _, _ uint32) error { return c.Send([]byte{1, 2, 3}) }},
		{"Text", func(c *hostile.Conn, id, _ uint32) error {
			return c.SendFrame(hostile.Frame{Opcode: hostile.OpText, Payload: opened(id)})
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			ended := make(chan error, 1)
			b := hostile.NewBridge(t, func(c *hostile.Conn) {
				stream, window, err := nextOpen(c)
				if err == nil {
					err = row.answer(c, stream, window)
				}
				if drained := c.Drain(); drained != nil {
					err = drained // the client's close tells more than a write that it made fail
				}
				ended <- err
			})
			c, err := (&kafkaio.Dialer{Bridge: b.URL}).DialContext(t.Context(), "tcp", hostileTarget)
			select { // nothing is read before: that would grant credit
			case err := <-ended:
				if closed, ok := errors.AsType[*hostile.Closed](err); !ok || closed.Code != 4400 {
					t.Errorf("the client ended the session: %v; code 4400 was expected", err)
				}
			case <-time.After(5 * time.Second):
				t.Error("the client did not end the session")
			}
			if err == nil {
				defer c.Close()
				c.SetReadDeadline(time.Now().Add(time.Second))
				_, err = io.Copy(io.Discard, c)
			}
			if timeout, ok := errors.AsType[net.Error](err); err == nil || ok && timeout.Timeout() {
				t.Errorf("the connection's error is %v", err)
			}
		})
	}
}

func TestSessionLingersForTheNextDial(t *testing.T) {
	b := hostile.NewBridge(t, opens)
	d := &kafkaio.Dialer{Bridge: b.URL}
	for i := range 5 {
		c, err := d.DialContext(t.Context(), "tcp", hostileTarget)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		if i == 0 {
			time.Sleep(time.Second) // the pause itself is what the test is about
		}
	}
	if n := b.Upgrades.Load(); n != 1 {
		t.Errorf("5 dials, one after the other, took %d WebSockets", n)
	}
}

// TestBytewiseBridgeCostsItsBytes lets a bridge send 256 KiB, in messages of one byte, to a connection
// that isn't read.
func TestBytewiseBridgeCostsItsBytes(t *testing.T) {
	const messages, batch, limit = 256 << 10, 1 << 10, 2 * (4 << 20)
	begin, read := make(chan struct{}), make(chan error, 1)
	b := hostile.NewBridge(t, func(c *hostile.Conn) {
		stream, _, err := nextOpen(c)
		if err != nil {
			read <- err
			return
		}
		c.Send(hostile.Opened(stream, 1<<20, hostileTarget))
		var many []byte
		for range batch {
			many = c.Encode(many, hostile.Frame{Opcode: hostile.OpBinary, Payload: hostile.Data(stream, []byte("x"))})
		}
		<-begin
		for sent := 0; sent < messages && err == nil; sent += batch {
			_, err = c.Write(many)
		}
		if err == nil {
			err = c.AwaitPong("is all read?")
		}
		read <- err
		c.Drain()
	})
	c, err := (&kafkaio.Dialer{Bridge: b.URL}).DialContext(t.Context(), "tcp", hostileTarget)
	if err != nil {
		close(begin)
		t.Fatal(err)
	}
	defer c.Close()
	before := hostile.ReadMemory()
	close(begin)
	if err := <-read; err != nil {
		t.Fatal(err)
	}
	grown := hostile.ReadMemory().Since(before)
	t.Logf("256 KiB in messages of one byte: %v", grown)
	if grown.Heap > limit {
		t.Errorf("the heap grew by %d KiB, at most %d were expected", grown.Heap>>10, limit>>10)
	}
}

// TestPingDuringAStalledWriteEndsNothing lets the bridge read nothing for longer than 5 s, the time that
// github.com/coder/websocket allows a pong.
func TestPingDuringAStalledWriteEndsNothing(t *testing.T) {
	t.Parallel()
	const stall = 7 * time.Second
	var written atomic.Int64
	pong := make(chan error, 1)
	b := hostile.NewBridge(t, func(c *hostile.Conn) {
		stream, _, err := nextOpen(c)
		if err != nil {
			pong <- err
			return
		}
		c.Send(hostile.Opened(stream, 1<<31-1, hostileTarget))
		hostile.Eventually(t, "the client writes", func() bool { return written.Load() > 0 })
		hostile.Settled(written.Load)
		if err := c.SendFrame(hostile.Frame{Opcode: hostile.OpPing, Payload: []byte("during the stall")}); err != nil {
			pong <- err
			return
		}
		time.Sleep(stall)
		var got string
		c.OnPong = func(p []byte) { got = string(p) }
		for err == nil && got == "" {
			_, err = c.Receive()
		}
		pong <- err
		c.Drain()
	})
	c, err := (&kafkaio.Dialer{Bridge: b.URL}).DialContext(t.Context(), "tcp", hostileTarget)
	if err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	writing.Go(func() {
		p := make([]byte, 64<<10)
		for {
			n, err := c.Write(p)
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	if err := <-pong; err != nil {
		t.Errorf("no pong came: %v", err)
	}
	c.Close()
	writing.Wait()
}
