//go:build !js

package tunnel

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

const (
	// rawMessage is the size of the messages that a raw client is sent.
	rawMessage = 32 << 10
	// RawLimit is that of the largest that it may send.
	RawLimit = 16 << 20
)

// A Raw is the bridge's end of a WebSocket that is one broker connection: its messages are bytes of
// it, without header or credit. Silence and writes that stall end it as they end a Session.
type Raw struct {
	socket *WebSocket
	life   life

	moving  atomic.Int32 // writes to the WebSocket that are under way
	reading atomic.Bool  // of the WebSocket

	mu     sync.Mutex
	ended  *CloseError // set once
	broker net.Conn    // nil until it is connected
}

// NewRaw returns the bridge's end of a raw WebSocket.
func NewRaw(s *WebSocket) *Raw {
	r := &Raw{socket: s}
	w := newWriter(s, new(share), r.Abort) // of pings and pongs
	r.life = life{
		socket: s, writer: w, end: r.Abort, expects: r.reading.Load,
		writing: func() bool { return r.moving.Load() > 0 || w.writing() },
	}
	return r
}

// Serve carries bytes until the client or the broker closes, closes both, and returns why it ended.
func (r *Raw) Serve(broker net.Conn) *CloseError {
	r.mu.Lock()
	r.broker = broker
	ended := r.ended
	r.mu.Unlock()
	if ended != nil {
		broker.Close()
		return ended
	}
	r.life.start()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		r.Abort(r.fromBroker(broker))
	}()
	r.Abort(r.toBroker(broker))
	<-sent
	return r.ended
}

// Abort ends it, with e.
func (r *Raw) Abort(e *CloseError) {
	r.mu.Lock()
	if r.ended != nil {
		r.mu.Unlock()
		return
	}
	r.ended = e
	broker := r.broker
	r.mu.Unlock()
	r.life.stop()
	r.socket.Close(e.Code, e.Reason)
	if broker != nil {
		broker.Close()
	}
}

var errBrokerBroke = &CloseError{Code: CodeReset, Reason: "reset: the connection to the broker broke"}

// toBroker returns why no more comes from the client.
func (r *Raw) toBroker(broker net.Conn) *CloseError {
	p := make([]byte, rawMessage)
	for {
		r.reading.Store(true)
		message, err := r.socket.nextMessage()
		for size := 0; err == nil; {
			var n int
			r.reading.Store(true)
			n, err = message.Read(p)
			r.reading.Store(false)
			if size += n; size > RawLimit {
				return &CloseError{Code: CodeMalformed, Reason: fmt.Sprintf("a message over %d bytes", RawLimit)}
			}
			if _, writeErr := broker.Write(p[:n]); writeErr != nil {
				return errBrokerBroke
			}
		}
		if err != io.EOF { // of the message
			return closeError(err)
		}
	}
}

// fromBroker returns why no more comes from the broker.
func (r *Raw) fromBroker(broker net.Conn) *CloseError {
	b := &buffer{data: make([]byte, frameRoom+rawMessage)}
	for {
		n, err := broker.Read(b.data[frameRoom:])
		if n > 0 {
			b.r, b.w, b.framed = frameRoom, frameRoom+n, false
			r.moving.Add(1)
			writeErr := r.socket.Write(b)
			r.moving.Add(-1)
			if writeErr != nil {
				return &CloseError{Code: CodeAbnormal, Reason: writeErr.Error()}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return &CloseError{Code: CodeNormal}
		case err != nil:
			return errBrokerBroke
		}
	}
}
