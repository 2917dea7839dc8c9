//go:build !js

package tunnel

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// rawMessage is the most bytes in a message to a raw client.
	rawMessage = 32 << 10
	// RawLimit is the most bytes in a message from a raw client.
	RawLimit = 16 << 20
)

// A Raw is the bridge's end of a WebSocket that carries one broker connection: messages are its bytes,
// without header or credit. Silence and stalled writes end it as they end a Session.
type Raw struct {
	socket   *WebSocket
	liveness liveness
	drain    time.Duration
	share    share

	moving  atomic.Int32 // writes to the WebSocket that are under way
	reading atomic.Bool  // of the WebSocket

	answered atomic.Bool  // something came from the broker
	sent     atomic.Int64 // bytes that came from the broker
	owed     atomic.Bool  // what came from the client is newer

	mu     sync.Mutex
	ended  *CloseError // set once
	asked  time.Time   // when the first byte came from the client
	gone   time.Time   // when the client had gone; zero: the broker went first
	broker net.Conn    // nil until it is connected, and when it is closed
	limit  *time.Timer // closes the broker
}

// NewRaw returns the bridge's end of a raw WebSocket. After the client has gone, the broker has drain to
// take what the client sent. m is for TakeMemory.
func NewRaw(s *WebSocket, drain time.Duration, m *Memory) *Raw {
	r := &Raw{socket: s, drain: drain, share: share{memory: m}}
	w := newWriter(s, new(share), r.Abort) // of pings and pongs
	r.liveness = liveness{
		socket: s, writer: w, end: r.Abort, expects: r.reading.Load,
		writing: func() bool { return r.moving.Load() > 0 || w.writing() },
	}
	return r
}

// Serve carries bytes until the client or the broker closes, closes both, and returns why it ended. If the
// broker's Read fails with a *CloseError, the WebSocket closes with that.
func (r *Raw) Serve(broker net.Conn) *CloseError {
	r.mu.Lock()
	r.broker = broker
	ended := r.ended
	r.mu.Unlock()
	if ended != nil {
		broker.Close()
		return ended
	}
	r.liveness.start()
	defer r.liveness.stop()
	var running sync.WaitGroup
	running.Go(func() { r.fromBroker(broker) })
	pieces := make(chan []byte)
	running.Go(func() {
		for p := range pieces {
			if _, err := broker.Write(p); err != nil {
				r.Abort(errBrokerBroke)
			}
		}
		r.closeBroker()
	})
	reason := r.fromClient(pieces)
	r.mu.Lock()
	if r.ended == nil {
		r.gone = time.Now()
	}
	r.mu.Unlock()
	r.end(reason)
	close(pieces)
	running.Wait()
	r.limit.Stop()
	return r.ended
}

// Unanswered reports whether the client sent something and the broker nothing, although it went first
// or had limit for it.
func (r *Raw) Unanswered(limit time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.answered.Load() && !r.asked.IsZero() && (r.gone.IsZero() || r.gone.Sub(r.asked) >= limit)
}

// Progress returns how many bytes the broker has sent, and whether more are to come: what came from the client is
// newer, or the client takes no more.
func (r *Raw) Progress() (sent int64, isBusy bool) {
	return r.sent.Load(), r.owed.Load() || r.moving.Load() > 0
}

// wasAsked notes that something came from the client.
func (r *Raw) wasAsked() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked.IsZero() {
		r.asked = time.Now()
	}
}

// TakeMemory takes n bytes of the bridge's memory and reports true, or reports false if that would leave
// other sessions too little.
func (r *Raw) TakeMemory(n int) bool { return r.share.take(n) }

// GiveMemory gives back n bytes.
func (r *Raw) GiveMemory(n int) { r.share.give(n) }

// Abort ends it at once, with e.
func (r *Raw) Abort(e *CloseError) {
	r.end(e)
	r.closeBroker()
}

// end closes the WebSocket, with e, and gives the broker the time to take what the client sent.
func (r *Raw) end(e *CloseError) {
	r.mu.Lock()
	first := r.ended == nil
	if first {
		r.ended = e
		r.limit = time.AfterFunc(r.drain, r.closeBroker)
	}
	r.mu.Unlock()
	if first {
		r.liveness.stop()
		r.socket.Close(e.Code, e.Reason)
	}
}

// closeBroker doesn't wait for a connection whose Close does.
func (r *Raw) closeBroker() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broker != nil {
		go r.broker.Close()
		r.broker = nil
	}
}

var errBrokerBroke = &CloseError{Code: CodeReset, Reason: "reset: the connection to the broker broke"}

// fromClient reads the client's bytes into pieces until it goes, and returns why it went. It reads a
// piece while the one before is written.
func (r *Raw) fromClient(pieces chan<- []byte) *CloseError {
	var buffers [2][rawMessage]byte
	for i := 0; ; {
		r.reading.Store(true)
		message, err := r.socket.nextMessage()
		for size := 0; err == nil; {
			var n int
			r.reading.Store(true)
			n, err = message.Read(buffers[i][:])
			r.reading.Store(false)
			if size += n; size > RawLimit {
				return &CloseError{Code: CodeMalformed, Reason: fmt.Sprintf("a message over %d bytes", RawLimit)}
			}
			if n > 0 {
				r.wasAsked()
				r.owed.Store(true)
				pieces <- buffers[i][:n] // once the other is written
				i = 1 - i
			}
		}
		if err != io.EOF { // of the message
			return closeError(err)
		}
	}
}

// fromBroker copies the broker's bytes to the client, and ends the Raw when the broker ends.
func (r *Raw) fromBroker(broker net.Conn) {
	b := &buffer{data: make([]byte, frameRoom+rawMessage)}
	for {
		n, err := broker.Read(b.data[frameRoom:])
		if n > 0 {
			r.answered.Store(true)
			r.sent.Add(int64(n))
			r.owed.Store(false)
			b.r, b.w, b.framed = frameRoom, frameRoom+n, false
			r.moving.Add(1)
			writeErr := r.socket.Write(b)
			r.moving.Add(-1)
			if writeErr != nil {
				r.end(&CloseError{Code: CodeAbnormal, Reason: writeErr.Error()})
				return
			}
		}
		switch ended, ok := errors.AsType[*CloseError](err); {
		case ok:
			r.Abort(ended)
			return
		case errors.Is(err, io.EOF):
			r.Abort(&CloseError{Code: CodeNormal})
			return
		case err != nil:
			r.Abort(errBrokerBroke)
			return
		}
	}
}
