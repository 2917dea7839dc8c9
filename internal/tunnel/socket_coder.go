//go:build !js

package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

// A WebSocket is a Socket over github.com/coder/websocket.
//
// That library closes a connection whose context expires, so neither reading nor writing has
// one that does: deadlines belong to streams.
type WebSocket struct {
	conn     *websocket.Conn
	wire     *wire
	onPinged func(payload []byte)
	readSize int // of the buffer that the next message probably fits
}

// serve begins to use conn, which was made over s.wire. Limits on messages are Read's and the raw
// reader's: the library's own would close with 1009.
func (s *WebSocket) serve(conn *websocket.Conn) {
	s.conn = conn
	conn.SetReadLimit(-1)
}

// Subprotocol returns what the upgrade agreed on, or "".
func (s *WebSocket) Subprotocol() string { return s.conn.Subprotocol() }

// pinged has the session answer a ping, and the library not.
func (s *WebSocket) pinged(_ context.Context, payload []byte) bool {
	if s.onPinged != nil {
		s.onPinged(payload)
	}
	return false
}

func (s *WebSocket) onPing(f func(payload []byte)) { s.onPinged = f }

// Read implements Socket.
func (s *WebSocket) Read() (*buffer, error) {
	r, err := s.nextMessage()
	if err != nil {
		return nil, err
	}
	b := newBuffer(s.readSize)
	for {
		if len(b.room()) == 0 {
			if b.size() > MaxMessage {
				b.free()
				return nil, &CloseError{Code: CodeMalformed, Reason: fmt.Sprintf("a message over %d bytes", MaxMessage)}
			}
			b = grown(b)
		}
		n, err := r.Read(b.room())
		b.w += n
		if err == io.EOF {
			s.readSize = max(b.w, s.readSize-s.readSize/8)
			return b, nil
		}
		if err != nil {
			b.free()
			return nil, closeError(err)
		}
	}
}

// nextMessage waits for a binary message and returns a reader of it.
func (s *WebSocket) nextMessage() (io.Reader, error) {
	kind, r, err := s.conn.Reader(context.Background())
	if err != nil {
		return nil, closeError(err)
	}
	if kind != websocket.MessageBinary {
		return nil, &CloseError{Code: CodeMalformed, Reason: "a text message, binary ones were expected"}
	}
	return r, nil
}

// grown returns a buffer with four times the room and the same bytes, and frees b.
func grown(b *buffer) *buffer {
	g := newBuffer(min(4*len(b.data), fullBuffer))
	g.append(b.bytes())
	b.free()
	return g
}

// TryWrite implements Socket.
func (s *WebSocket) TryWrite(b *buffer) (bool, error) { return s.wire.tryFrame(b) }

// Write implements Socket.
func (s *WebSocket) Write(b *buffer) error { return s.wire.writeFrame(b) }

// Moved implements Socket.
func (s *WebSocket) Moved() (received, sent int64) {
	return s.wire.received.Load(), s.wire.sent.Load()
}

// Close implements Socket.
func (s *WebSocket) Close(code Code, reason string) {
	if code == CodeAbnormal {
		go s.conn.CloseNow()
		return
	}
	go s.conn.Close(websocket.StatusCode(code), CloseReason(reason))
}

// Refuse closes a WebSocket that isn't served, and waits up to 10 s for the client's close, so that
// the code arrives.
func (s *WebSocket) Refuse(e *CloseError) {
	s.conn.Close(websocket.StatusCode(e.Code), CloseReason(e.Reason))
}

func closeError(err error) *CloseError {
	var ours *CloseError
	var closed websocket.CloseError
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &closed) && closed.Code != websocket.StatusNoStatusRcvd:
		return &CloseError{Code: Code(closed.Code), Reason: closed.Reason}
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed), errors.Is(err, http.ErrBodyReadAfterClose):
		return &CloseError{Code: CodeAbnormal, Reason: "the connection broke"}
	}
	return &CloseError{Code: CodeAbnormal, Reason: fmt.Sprintf("the connection broke: %v", err)}
}
