//go:build !js

package tunnel

import (
	"io"
	"sync"
	"sync/atomic"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// writePiece is the most bytes of one write to the connection, so that a slow one shows progress: 64 KiB
// within the limit on stalled writes are 1.1 KB/s.
const writePiece = 64 << 10

// A wire is the connection under a WebSocket. coder/websocket does the handshakes, reads frames, and
// writes closes. wire writes the frames of messages, pings and pongs: the library would write a client's
// message in pieces of 4 KiB, a server's in two, and a pong from within its Reader, which then waits
// behind a message that the peer doesn't read.
type wire struct {
	conn   io.ReadWriteCloser
	try    *trywrite.Writer // nil where only conn's own Write will do
	masked bool             // a client's frames are

	received, sent atomic.Int64

	mu       sync.Mutex
	released sync.Cond
	inFrame  bool // a frame is being written
	closed   bool
}

func newWire(masked bool) *wire {
	w := &wire{masked: masked}
	w.released.L = &w.mu
	return w
}

// Read implements io.Reader for coder/websocket.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.conn.Read(p)
	w.received.Add(int64(n))
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // the library takes io.EOF for the end of a message
	}
	return n, err
}

// Write implements io.Writer for coder/websocket, which writes whole control frames.
func (w *wire) Write(p []byte) (int, error) {
	if !w.acquire() {
		return 0, io.ErrClosedPipe
	}
	defer w.release()
	n, err := w.conn.Write(p)
	w.sent.Add(int64(n))
	return n, err
}

// Close implements io.Closer for coder/websocket.
func (w *wire) Close() error {
	err := w.conn.Close() // before the lock: it ends the write that holds a frame
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.released.Broadcast()
	return err
}

// acquire waits until no frame is being written, and reports false if the wire is closed.
func (w *wire) acquire() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.inFrame && !w.closed {
		w.released.Wait()
	}
	if w.closed {
		return false
	}
	w.inFrame = true
	return true
}

// tryAcquire reports false if a frame is being written.
func (w *wire) tryAcquire() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inFrame || w.closed {
		return false
	}
	w.inFrame = true
	return true
}

func (w *wire) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inFrame = false
	w.released.Signal()
}

// tryFrame implements Socket.TryWrite.
func (w *wire) tryFrame(b *buffer) (bool, error) {
	if w.try == nil || !w.tryAcquire() {
		return false, nil
	}
	frame(b, w.masked)
	n, err := w.try.Try(b.bytes())
	w.sent.Add(int64(n))
	b.r += n
	if b.size() > 0 && err == nil {
		return false, nil // the frame stays acquired, for writeFrame
	}
	w.release()
	return err == nil, err
}

// writeFrame implements Socket.Write.
func (w *wire) writeFrame(b *buffer) error {
	if !b.framed {
		if !w.acquire() {
			return io.ErrClosedPipe
		}
		frame(b, w.masked)
		n, err := w.try.Try(b.bytes())
		w.sent.Add(int64(n))
		b.r += n
		if err != nil {
			w.release()
			return err
		}
	}
	defer w.release()
	for b.size() > 0 {
		p := b.bytes()
		n, err := w.conn.Write(p[:min(len(p), writePiece)])
		w.sent.Add(int64(n))
		b.r += n
		if err != nil {
			return err
		}
	}
	return nil
}
