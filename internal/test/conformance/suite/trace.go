package suite

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
)

// anEcho is a frame with a request in it that, echoed, is its own response.
const anEcho = "\x00\x00\x00\x0d" + // length
	"\x00\x12\x00\x03" + // ApiVersions, version 3; in a response: the correlation id
	"\x00\x12\x00\x03" + // the correlation id
	"\x00\x03app"

const anEchosID = 0x120003

// told is what a Trace was told.
type told struct {
	mu        sync.Mutex
	steps     []string
	connected string // the address
	err       error  // of the last step
	frames    []core.FrameInfo
	shown     map[bool]string // by direction: out, or in
	causes    []error         // of the end
}

func (w *told) trace() *core.Trace {
	w.shown = map[bool]string{}
	add := func(step string, err error) {
		w.steps = append(w.steps, step)
		w.err = err
	}
	return &core.Trace{
		Resolved: func(_ string, _ []netip.Addr, _ time.Duration, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			add("resolved", err)
		},
		Connected: func(addr string, _ time.Duration, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			add("connected", err)
			w.connected = addr
		},
		Secured: func(_ time.Duration, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			add("secured", err)
		},
		Frame: func(f core.FrameInfo) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.frames = append(w.frames, f)
		},
		Bytes: func(out bool, p []byte) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.shown[out] += string(p)
		},
		Closed: func(cause error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.causes = append(w.causes, cause)
		},
	}
}

// want checks the steps that were told, and that the connection ended once, because of cause.
func (w *told) want(t *testing.T, cause error, steps ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.steps, steps) {
		t.Errorf("told of the steps %q, want %q", w.steps, steps)
	}
	if len(w.causes) != 1 || !errors.Is(w.causes[0], cause) {
		t.Errorf("told of the ends %v, want %v", w.causes, cause)
	}
}

// A traced connection is one that Dial made, or DialContext: what is told of them is the same.
type traced struct {
	told
	close func() error
	io    io.ReadWriter
}

// onTraced runs a test with a connection of either kind, whose peer has a script.
func onTraced(t *testing.T, s Setup, script string, test func(*testing.T, *traced)) {
	for _, kind := range []string{"Dial", "DialContext"} {
		t.Run(kind, func(t *testing.T) {
			var w traced
			d := s.dialer()
			d.Trace = w.trace()
			// The script is sent before there is anything to trace.
			d.Secure = func(_ context.Context, c net.Conn, _ string) (net.Conn, error) {
				_, err := io.WriteString(c, script+"\n")
				return c, err
			}
			if kind == "Dial" {
				c, err := d.Dial(t.Context(), s.Peer)
				if err != nil {
					t.Fatal(err)
				}
				w.close, w.io = c.Close, connIO{t, c}
			} else {
				c, err := d.DialContext(t.Context(), "tcp", s.Peer)
				if err != nil {
					t.Fatal(err)
				}
				c.SetDeadline(time.Now().Add(patience))
				w.close, w.io = c.Close, c
			}
			defer w.close()
			test(t, &w)
		})
	}
}

// connIO is a Conn as an io.ReadWriter.
type connIO struct {
	t *testing.T
	c *kafkaio.Conn
}

func (c connIO) Read(p []byte) (int, error)  { return c.c.ReceiveInto(c.t.Context(), p) }
func (c connIO) Write(p []byte) (int, error) { return c.c.Send(c.t.Context(), p) }

func traceTellsWhatHappens(t *testing.T, s Setup) {
	onTraced(t, s, "drip", func(t *testing.T, w *traced) {
		const times = 3
		want := ""
		for range times {
			if _, err := io.WriteString(w.io, anEcho); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(w.io, make([]byte, len(anEcho))); err != nil {
				t.Fatal(err)
			}
			want += anEcho
		}
		w.close()
		w.want(t, nil, "connected", "secured")
		if w.connected != s.Peer || w.err != nil {
			t.Errorf("told of a connection to %s, %v, want %s", w.connected, w.err, s.Peer)
		}
		if w.shown[true] != want || w.shown[false] != want {
			t.Errorf("shown %q out and %q in, want %q", w.shown[true], w.shown[false], want)
		}
		if len(w.frames) != 2*times {
			t.Fatalf("told of %d frames: %+v", len(w.frames), w.frames)
		}
		for i, f := range w.frames {
			if f.Latency < 0 || f.Latency > patience {
				t.Errorf("the latency is %v", f.Latency)
			}
			f.Latency = 0
			if want := (core.FrameInfo{Out: i%2 == 0, APIKey: 18, APIVersion: 3, CorrelationID: anEchosID, Size: len(anEcho)}); f != want {
				t.Errorf("told of %+v, want %+v", f, want)
			}
		}
	})
}

func traceTellsOfNoConnection(t *testing.T, s Setup) {
	var w told
	d := s.dialer()
	d.Trace = w.trace()
	if _, err := d.Dial(t.Context(), s.Refused); err == nil {
		t.Fatal("connected to where nothing listens")
	}
	if !slices.Equal(w.steps, []string{"connected"}) || w.err == nil || w.connected != s.Refused || w.causes != nil {
		t.Errorf("told of %q to %s, %v, and of the ends %v", w.steps, w.connected, w.err, w.causes)
	}
}

func traceTellsTheEnd(t *testing.T, s Setup) {
	onTraced(t, s, "send 0", func(t *testing.T, w *traced) {
		if n, err := w.io.Read(make([]byte, 1)); err == nil {
			t.Fatalf("Read returned %d bytes", n)
		}
		w.close()
		w.want(t, io.EOF, "connected", "secured")
	})
}

// Frames are told of until something comes that is none, and that is told once.
func traceGoesDark(t *testing.T, s Setup) {
	onTraced(t, s, hexStep("HTTP/1.1 400 Bad Request")+"; hold", func(t *testing.T, w *traced) {
		if _, err := io.WriteString(w.io, anEcho); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := io.ReadFull(w.io, make([]byte, 8)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w.io, anEcho); err != nil {
				t.Fatal(err)
			}
		}
		w.close()
		w.want(t, nil, "connected", "secured")
		if len(w.frames) != 2 || w.frames[0].Dark != nil || w.frames[1].Dark == nil {
			t.Errorf("told of %+v, want a request, and once that it is dark", w.frames)
		}
		if w.shown[true] != anEcho || w.shown[false] != "" {
			t.Errorf("shown %q out and %q in", w.shown[true], w.shown[false])
		}
	})
}

func traceNetConnNettest(t *testing.T, s Setup) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		script := "splice " + uniqueName(t)
		dial := func() net.Conn {
			d := s.dialer()
			d.Trace = new(told).trace()
			return s.dialNetWith(t, d, script)
		}
		c1, c2 = dial(), dial()
		return c1, c2, func() { c1.Close(); c2.Close() }, nil
	})
}
