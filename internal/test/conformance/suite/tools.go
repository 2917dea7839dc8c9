package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

const (
	// patience is the timeout of what must not time out.
	patience = 20 * time.Second
	// prompt is how soon a blocked call must return once there is a reason. The contract says
	// 10 ms; machines that run tests are slower now and then.
	prompt = 250 * time.Millisecond
)

// dialer returns a patient Dialer.
func (s Setup) dialer() *kafkaio.Dialer {
	return &kafkaio.Dialer{Bridge: s.Bridge, Timeout: patience}
}

// dial connects to the peer and gives it a script.
func (s Setup) dial(t *testing.T, script string) *kafkaio.Conn {
	t.Helper()
	return s.dialWith(t, s.dialer(), script)
}

func (s Setup) dialWith(t *testing.T, d *kafkaio.Dialer, script string) *kafkaio.Conn {
	t.Helper()
	c, err := d.Dial(t.Context(), s.Peer)
	if err != nil {
		t.Fatalf("dial the peer: %v", err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := c.Send(t.Context(), []byte(script+"\n")); err != nil {
		t.Fatalf("send the script: %v", err)
	}
	return c
}

// dialNet is dial for the net.Conn.
func (s Setup) dialNet(t *testing.T, script string) net.Conn {
	t.Helper()
	return s.dialNetWith(t, s.dialer(), script)
}

func (s Setup) dialNetWith(t *testing.T, d *kafkaio.Dialer, script string) net.Conn {
	t.Helper()
	c, err := d.DialContext(t.Context(), "tcp", s.Peer)
	if err != nil {
		t.Fatalf("dial the peer: %v", err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := c.Write([]byte(script + "\n")); err != nil {
		t.Fatalf("send the script: %v", err)
	}
	return c
}

// tell runs a script on a connection of its own and returns what the peer answers.
func (s Setup) tell(t *testing.T, script string) string {
	t.Helper()
	c := s.dialNet(t, script)
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(patience))
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("tell the peer %q: %v", script, err)
	}
	return string(answer)
}

// A report is what the peer says of the connection that has the name.
type report struct {
	sent, received int64
	intact         bool
}

func (s Setup) report(t *testing.T, name string) report {
	t.Helper()
	var r report
	answer := s.tell(t, "report "+name)
	if _, err := fmt.Sscan(answer, &r.sent, &r.received, &r.intact); err != nil {
		t.Fatalf("the peer's report is %q: %v", answer, err)
	}
	return r
}

var names atomic.Int64

// uniqueName is a name for a gate, a splice or a report of the peer.
func uniqueName(t *testing.T) string {
	return fmt.Sprintf("%s-%d", strings.ReplaceAll(t.Name(), "/", "-"), names.Add(1))
}

// wantError fails the test unless err has the code and, underneath, the causes.
func wantError(t *testing.T, err error, code kafkaio.Code, causes ...error) *kafkaio.Error {
	t.Helper()
	e, ok := errors.AsType[*kafkaio.Error](err)
	if !ok {
		t.Fatalf("got %T %v, want a *kafkaio.Error with %v", err, err, code)
	}
	if !errors.Is(err, code) || e.Code != code {
		t.Errorf("got %v (code %d), want code %d: %v", err, int(e.Code), int(code), code)
	}
	for _, cause := range causes {
		if !errors.Is(err, cause) {
			t.Errorf("got %v, under which there is no %v", err, cause)
		}
	}
	return e
}

// wantCounts checks how far the call came.
func wantCounts(t *testing.T, e *kafkaio.Error, done, want int) {
	t.Helper()
	if e.Done != done || e.Want != want {
		t.Errorf("%v: done %d of %d bytes, want %d of %d", e, e.Done, e.Want, done, want)
	}
}

// wantTimeout checks that err is a timeout after limit; how long after, depends on the machine.
func wantTimeout(t *testing.T, err error, limit, took time.Duration) {
	t.Helper()
	if e, ok := errors.AsType[net.Error](err); !ok || !e.Timeout() {
		t.Errorf("got %v, which is no timeout", err)
	}
	if earliest, latest := limit-limit/10, limit+3*time.Second; took < earliest || took > latest {
		t.Errorf("%v: it took %v, want %v to %v", err, took, earliest, latest)
	}
}

// wantOpen checks that c still works: the peer's script must go on with echo.
func wantOpen(t *testing.T, c *kafkaio.Conn) {
	t.Helper()
	if _, err := c.Send(t.Context(), []byte("still there?")); err != nil {
		t.Fatalf("the connection should be open: %v", err)
	}
	wantReceive(t, c, []byte("still there?"))
}

// wantClosed checks that every further call says ErrNoConnection.
func wantClosed(t *testing.T, c *kafkaio.Conn) {
	t.Helper()
	ctx := t.Context()
	for _, call := range []struct {
		name string
		do   func() error
	}{
		{"Send", func() error { _, err := c.Send(ctx, []byte("x")); return err }},
		{"Receive", func() error { _, err := c.Receive(ctx, 1); return err }},
		{"ReceiveInto", func() error { _, err := c.ReceiveInto(ctx, make([]byte, 1)); return err }},
		{"TryReceive", func() error { _, err := c.TryReceive(make([]byte, 1)); return err }},
		{"WriteFrame", func() error { return c.WriteFrame(ctx, []byte("x")) }},
		{"ReadFrame", func() error { _, err := c.ReadFrame(ctx, nil); return err }},
	} {
		if err := call.do(); !errors.Is(err, kafkaio.ErrNoConnection) {
			t.Errorf("%s on a closed connection: %v, want %v", call.name, err, kafkaio.ErrNoConnection)
		}
	}
	if c.Alive() {
		t.Error("a closed connection is Alive")
	}
}

func wantReceive(t *testing.T, c *kafkaio.Conn, want []byte) {
	t.Helper()
	got, err := c.Receive(t.Context(), len(want))
	if err != nil {
		t.Fatalf("receive %d bytes: %v", len(want), err)
	}
	if string(got) != string(want) {
		t.Fatalf("received %.40q, want %.40q", got, want)
	}
}

// wantPattern receives n bytes, which must be the pattern's from offset on.
func wantPattern(t *testing.T, c *kafkaio.Conn, offset int64, n int) {
	t.Helper()
	wantReceive(t, c, pattern.At(offset, n))
}

// A call runs beside the test.
type call struct {
	returned chan struct{}
	err      error
	at       time.Time
}

func start(f func() error) *call {
	c := &call{returned: make(chan struct{})}
	go func() {
		defer close(c.returned)
		c.err = f()
		c.at = time.Now()
	}()
	return c
}

// wait returns the error of the call.
func (c *call) wait(t *testing.T) error {
	t.Helper()
	select {
	case <-c.returned:
		return c.err
	case <-time.After(2 * patience):
		t.Fatal("the call never returned")
		return nil
	}
}

// waitPromptly is wait, and the call must have returned promptly after the time given.
func (c *call) waitPromptly(t *testing.T, after time.Time) error {
	t.Helper()
	err := c.wait(t)
	if took := c.at.Sub(after); took > prompt {
		t.Errorf("the call returned after %v, want %v at most: %v", took, prompt, err)
	}
	return err
}

// A watch tells when a call has reached the transport of a connection.
type watch struct {
	reading, writing chan struct{} // a Read, a Write begins; one event is kept
	arrived          chan int      // bytes that a Read returned
}

// dialWatched is dial for a connection that is watched.
func (s Setup) dialWatched(t *testing.T, script string) (*kafkaio.Conn, watch) {
	t.Helper()
	d := s.dialer()
	w := watched(d)
	return s.dialWith(t, d, script), w
}

// dialNetWatched is dialNet for a connection that is watched.
func (s Setup) dialNetWatched(t *testing.T, script string) (net.Conn, watch) {
	t.Helper()
	d := s.dialer()
	w := watched(d)
	return s.dialNetWith(t, d, script), w
}

// watched has d make connections that are watched.
func watched(d *kafkaio.Dialer) watch {
	w := watch{make(chan struct{}, 1), make(chan struct{}, 1), make(chan int, 1<<10)}
	d.Secure = func(_ context.Context, c net.Conn, _ string) (net.Conn, error) {
		return watchedConn{c, w}, nil
	}
	return w
}

type watchedConn struct {
	net.Conn
	watch watch
}

func (c watchedConn) Read(p []byte) (int, error) {
	notify(c.watch.reading, struct{}{})
	n, err := c.Conn.Read(p)
	notify(c.watch.arrived, n)
	return n, err
}

func (c watchedConn) Write(p []byte) (int, error) {
	notify(c.watch.writing, struct{}{})
	return c.Conn.Write(p)
}

func notify[T any](c chan<- T, event T) {
	select {
	case c <- event:
	default:
	}
}

// cancellable returns a context and its cancel, which the test calls at the latest at its end.
func cancellable(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}
