package bridge

import (
	"io"
	"net"
	"sync"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A rawFrames is a raw session as a frameClient. The session takes near for its broker; the relay reads and
// writes the other end.
type rawFrames struct {
	net.Conn
	raw  *tunnel.Raw
	near net.Conn

	mu     sync.Mutex
	closed *tunnel.CloseError // by the relay, before the session closed near
	isDone bool
	onDone func()
}

func newRawFrames(raw *tunnel.Raw) *rawFrames {
	f := &rawFrames{raw: raw}
	f.Conn, f.near = net.Pipe()
	f.near = rawEnd{f.near, f}
	return f
}

// A rawEnd is the session's end of the pipe. It passes the relay's close on as that of a broker: once the client
// has what was written before.
type rawEnd struct {
	net.Conn
	frames *rawFrames
}

func (e rawEnd) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	if closed := e.frames.closedWith(); err == io.EOF && closed != nil {
		err = closed
	}
	return n, err
}

// Write drops what comes after the close. Read then ends the session.
func (e rawEnd) Write(p []byte) (int, error) {
	n, err := e.Conn.Write(p)
	if err != nil && e.frames.closedWith() != nil {
		return len(p), nil
	}
	return n, err
}

func (e rawEnd) Close() error {
	e.frames.done()
	return e.Conn.Close()
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
func (f *rawFrames) Ended() bool { return f.closedWith() == nil }

func (f *rawFrames) closedWith() *tunnel.CloseError {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.closed
}

// ReadFull implements frameClient.
func (f *rawFrames) ReadFull(p []byte) (int, error) { return io.ReadFull(f.Conn, p) }

// Buffered implements frameClient. A pipe has no buffer.
func (f *rawFrames) Buffered() int { return 0 }

// SendFrom implements frameClient.
func (f *rawFrames) SendFrom(r io.Reader) (int64, error) { return io.Copy(f.Conn, r) }

// CloseWith implements frameClient.
func (f *rawFrames) CloseWith(code tunnel.Code, reason string) error {
	f.mu.Lock()
	if f.closed == nil && !f.isDone {
		f.closed = &tunnel.CloseError{Code: code, Reason: reason}
	}
	f.mu.Unlock()
	return f.Conn.Close()
}

// TakeMemory implements frameClient.
func (f *rawFrames) TakeMemory(n int) bool { return f.raw.TakeMemory(n) }

// GiveMemory implements frameClient.
func (f *rawFrames) GiveMemory(n int) { f.raw.GiveMemory(n) }
