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

// linksBridge and linksPing keep code that a page leaves out.
const (
	linksBridge = true
	linksPing   = true
)

// A WebSocket is a Socket over github.com/coder/websocket.
//
// Reading and writing have no deadline: the library closes a connection whose context expires.
// Deadlines belong to streams.
type WebSocket struct {
	conn     *websocket.Conn
	wire     *wire
	onPinged func(payload []byte)
	readSize int // of the buffer that the next message probably fits
	rest     rest
}

// A rest is the unread part of a message. reader is nil between messages.
type rest struct {
	reader io.Reader
	came   int              // bytes before it
	header [headerSize]byte // of the message, where Read returned what came
}

// serve sets the library's connection, which runs over s.wire. It lifts the library's limit on messages,
// which closes with 1009: Read and Raw have their own.
func (s *WebSocket) serve(conn *websocket.Conn) {
	s.conn = conn
	conn.SetReadLimit(-1)
}

// Subprotocol returns what the upgrade agreed on, or "".
func (s *WebSocket) Subprotocol() string { return s.conn.Subprotocol() }

// pinged leaves a ping to the session, and tells the library not to answer.
func (s *WebSocket) pinged(_ context.Context, payload []byte) bool {
	if s.onPinged != nil {
		s.onPinged(payload)
	}
	return false
}

func (s *WebSocket) onPing(f func(payload []byte)) { s.onPinged = f }

// Read implements Socket. If sh has no memory for a whole DATA message, Read returns it as several
// smaller ones.
func (s *WebSocket) Read(sh *share) (*buffer, error) {
	if s.rest.reader == nil {
		r, err := s.nextMessage()
		if err != nil {
			return nil, err
		}
		s.rest = rest{reader: r}
	}
	held := smallBuffer // which a session is paid for in advance
	defer func() { sh.give(held - smallBuffer) }()
	if size := bufferFor(s.readSize); s.rest.came == 0 && sh.take(size-held) {
		held = size
	}
	b := newBuffer(held)
	if s.rest.came > 0 {
		b.append(s.rest.header[:])
	}
	for {
		whole, err := s.readInto(b)
		if err != nil {
			b.free()
			return nil, err
		}
		if whole {
			return b, nil
		}
		size := min(4*held, fullBuffer)
		if !sh.take(size - held) {
			if kindOf(b) == typeData {
				copy(s.rest.header[:], b.bytes())
				return b, nil
			}
			sh.must(size - held) // readInto bounds it
		}
		held = size
		b = b.movedTo(size)
	}
}

// readInto fills b, and reports whether the message has come whole.
func (s *WebSocket) readInto(b *buffer) (whole bool, err error) {
	for len(b.room()) > 0 {
		n, err := s.rest.reader.Read(b.room())
		b.w += n
		s.rest.came += n
		switch {
		case err == io.EOF:
			s.readSize = max(s.rest.came, s.readSize-s.readSize/8)
			s.rest = rest{}
			return true, nil
		case err != nil:
			return false, closeError(err)
		}
		most := MaxMessage
		if kindOf(b) != typeData {
			most = headerSize + maxControl
		}
		if s.rest.came > most {
			return false, &CloseError{Code: CodeMalformed, Reason: fmt.Sprintf("a message over %d bytes", most)}
		}
	}
	return false, nil
}

// kindOf returns the type of a message that has begun to come into b.
func kindOf(b *buffer) messageType { return messageType(b.data[0]) }

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

// Refuse closes a WebSocket that nobody serves. It waits up to 10 s for the client's close, so that the
// code arrives.
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
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, http.ErrBodyReadAfterClose):
		return &CloseError{Code: CodeAbnormal, Reason: "the connection broke"}
	}
	return &CloseError{Code: CodeAbnormal, Reason: fmt.Sprintf("the connection broke: %v", err)}
}
