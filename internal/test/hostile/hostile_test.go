package hostile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestClientIsUnderstood asks a server of somebody else's making: what the client sends is a WebSocket.
func TestClientIsUnderstood(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{Tunnel}})
		if err != nil {
			return
		}
		c.SetReadLimit(-1)
		for {
			kind, p, err := c.Read(context.Background())
			if err != nil {
				return
			}
			if string(p) == "bye" {
				c.Close(4403, "denied: go")
			}
			c.Write(context.Background(), kind, p)
		}
	}))
	defer server.Close()
	c, err := Dial("ws"+strings.TrimPrefix(server.URL, "http")+"/kafka?a=b", Tunnel)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var pong string
	c.OnPong = func(p []byte) { pong = string(p) }
	if err := c.SendFrame(Frame{Opcode: OpPing, Payload: []byte("there?")}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 125, 126, 1 << 16, 1 << 18} {
		m := bytes.Repeat([]byte("x"), n)
		sent := errors.Join(c.Send(m), c.SendFragments(m, n/2+1), c.SendBytewise(Frame{Opcode: OpBinary, Payload: m[:min(n, 200)]}))
		if sent != nil {
			t.Fatal(sent)
		}
		for _, want := range []int{n, n, min(n, 200)} {
			if got, err := c.Receive(); err != nil || len(got) != want {
				t.Fatalf("%d bytes came back as %d: %v", want, len(got), err)
			}
		}
	}
	if pong != "there?" {
		t.Errorf("the pong says %q", pong)
	}
	c.Send([]byte("bye"))
	closed, ok := errors.AsType[*Closed](c.Drain())
	if !ok || closed.Code != 4403 || closed.Reason != "denied: go" {
		t.Errorf("ended with %v", closed)
	}
}

// TestBridgeIsUnderstood has a client of somebody else's making connect.
func TestBridgeIsUnderstood(t *testing.T) {
	b := NewBridge(t, func(c *Conn) {
		if m, err := c.Receive(); err == nil {
			c.Send(m)
		}
		c.Drain()
	})
	c, _, err := websocket.Dial(t.Context(), b.URL, &websocket.DialOptions{Subprotocols: []string{Tunnel}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	c.Write(t.Context(), websocket.MessageBinary, []byte("hello"))
	if _, p, err := c.Read(t.Context()); err != nil || string(p) != "hello" || b.Upgrades.Load() != 1 {
		t.Errorf("%q, %v, after %d upgrades", p, err, b.Upgrades.Load())
	}
}

func TestLinkKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := NewLink(t, 10<<10).Pipe()
		start := time.Now()
		go func() {
			near.Write(make([]byte, 1<<20))
			near.Close()
		}()
		n, err := io.Copy(io.Discard, far)
		if took := time.Since(start).Round(time.Second); n != 1<<20 || err != nil || took != 102*time.Second {
			t.Errorf("%d bytes in %v, %v", n, took, err)
		}
	})
}

func TestDeadLinkSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLink(t, 0)
		near, far := l.Pipe()
		l.Die()
		if _, err := near.Write(make([]byte, 32<<10)); err != nil {
			t.Fatal(err) // the near end's buffers take it
		}
		near.Close()
		far.SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := far.Read(make([]byte, 1)); n > 0 || err == io.EOF {
			t.Errorf("the far end read %d bytes, %v", n, err)
		}
		near, far = l.Pipe()
		go near.Write([]byte("x"))
		if _, err := far.Read(make([]byte, 1)); err != nil {
			t.Errorf("a later connection: %v", err)
		}
	})
}
