package bridge

import (
	"net"
	"sync"
	"sync/atomic"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A rawFrames is a raw session as a frameClient. The session takes near for its broker; the relay reads and
// writes the other end.
type rawFrames struct {
	net.Conn
	raw  *tunnel.Raw
	near net.Conn

	closed atomic.Bool // by the relay

	mu     sync.Mutex
	isDone bool
	onDone func()
}

func newRawFrames(raw *tunnel.Raw) *rawFrames {
	f := &rawFrames{raw: raw}
	f.Conn, f.near = net.Pipe()
	f.near = closeNotifier{f.near, f.done}
	return f
}

// A closeNotifier is a connection that tells of its Close.
type closeNotifier struct {
	net.Conn
	closed func()
}

func (c closeNotifier) Close() error {
	c.closed()
	return c.Conn.Close()
}

// done calls what OnDone was given, once.
func (f *rawFrames) done() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.isDone = true
	if f.onDone != nil {
		go f.onDone()
		f.onDone = nil
	}
}

// OnDone implements frameClient. The session closes near when it has passed on what the client sent.
func (f *rawFrames) OnDone(call func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.isDone {
		go call()
		return
	}
	f.onDone = call
}

// Ended implements frameClient.
func (f *rawFrames) Ended() bool { return !f.closed.Load() }

// CloseWith implements frameClient.
func (f *rawFrames) CloseWith(code tunnel.Code, reason string) error {
	f.closed.Store(true)
	f.raw.Abort(&tunnel.CloseError{Code: code, Reason: reason})
	return nil
}

// TakeMemory implements frameClient.
func (f *rawFrames) TakeMemory(n int) bool { return f.raw.TakeMemory(n) }

// GiveMemory implements frameClient.
func (f *rawFrames) GiveMemory(n int) { f.raw.GiveMemory(n) }
