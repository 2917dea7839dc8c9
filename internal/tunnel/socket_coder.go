//go:build !js

package tunnel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// DialTCP has the shape of net.Dialer.DialContext.
type DialTCP func(ctx context.Context, network, addr string) (net.Conn, error)

// Dial opens a WebSocket to the bridge at a ws:// or wss:// URL, over connections that dial
// makes. It returns the socket and the local address.
func Dial(ctx context.Context, bridge string, dial DialTCP) (Socket, net.Addr, error) {
	var tcp net.Conn
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			tcp = newEagerConn(c)
			return tcp, nil
		},
		// A WebSocket is an HTTP/1.1 connection of its own.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	defer transport.CloseIdleConnections()
	conn, response, err := websocket.Dial(ctx, bridge, &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: transport},
		Subprotocols: []string{Subprotocol},
	})
	if err != nil {
		if request, ok := errors.AsType[*url.Error](err); ok {
			err = request.Err // without words around it that say nothing new
		}
		if response != nil && response.StatusCode != http.StatusSwitchingProtocols {
			err = fmt.Errorf("it answered HTTP %s, a WebSocket was expected", response.Status)
		}
		return nil, nil, err
	}
	if conn.Subprotocol() != Subprotocol {
		conn.CloseNow()
		return nil, nil, fmt.Errorf("it doesn't speak the WebSocket subprotocol %s", Subprotocol)
	}
	socket := NewSocket(conn)
	socket.tcp, _ = tcp.(*eagerConn)
	return socket, tcp.LocalAddr(), nil
}

// A WebSocket is a Socket over github.com/coder/websocket.
//
// That library closes a connection whose context expires, so neither reading nor writing has
// one that does: deadlines belong to streams.
type WebSocket struct {
	conn     *websocket.Conn
	tcp      *eagerConn   // under conn, where we dialled it and it can be had
	readSize int          // of the buffer that the next message probably fits
	received atomic.Int64 // bytes, for Ping to see that the peer lives
}

// NewSocket returns conn as a Socket. It allows messages of MaxMessage.
func NewSocket(conn *websocket.Conn) *WebSocket {
	conn.SetReadLimit(MaxMessage)
	return &WebSocket{conn: conn, readSize: smallBuffer}
}

// Ping asks the peer for a sign of life and reports whether one came within wait: a pong, or
// bytes of a message, behind which the pong may be queued. Read must be running.
func (s *WebSocket) Ping(ctx context.Context, wait time.Duration) bool {
	before := s.received.Load()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return s.conn.Ping(ctx) == nil || s.received.Load() > before
}

// Read implements Socket.
func (s *WebSocket) Read() (*buffer, error) {
	kind, r, err := s.conn.Reader(context.Background())
	if err != nil {
		return nil, closeError(err)
	}
	if kind != websocket.MessageBinary {
		return nil, &CloseError{Code: CodeMalformed, Reason: "a text message, binary ones were expected"}
	}
	b := newBuffer(s.readSize)
	for {
		if len(b.room()) == 0 {
			b = grown(b)
		}
		n, err := r.Read(b.room())
		b.w += n
		s.received.Add(int64(n))
		if err == io.EOF {
			s.readSize = b.w
			return b, nil
		}
		if err != nil {
			b.free()
			return nil, closeError(err)
		}
	}
}

// grown returns a larger buffer with the same bytes, and frees b.
func grown(b *buffer) *buffer {
	g := newBuffer(len(b.data) + 1)
	g.w = copy(g.data, b.bytes())
	b.free()
	return g
}

// Write implements Socket.
func (s *WebSocket) Write(p []byte) error {
	return s.conn.Write(context.Background(), websocket.MessageBinary, p)
}

// frameBuffer is what coder/websocket gathers of a message before it writes: up to this size,
// with a header of at most 14 bytes, it makes one write.
const frameBuffer = 4096 - 14

// WritesAtOnce implements Socket.
func (s *WebSocket) WritesAtOnce(n int) bool {
	return s.tcp != nil && n <= frameBuffer && s.tcp.isClear()
}

// Close implements Socket.
func (s *WebSocket) Close(code Code, reason string) {
	if code == CodeAbnormal {
		go s.conn.CloseNow()
		return
	}
	go s.conn.Close(websocket.StatusCode(code), CloseReason(reason))
}

func closeError(err error) *CloseError {
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code != websocket.StatusNoStatusRcvd:
		return &CloseError{Code: Code(closed.Code), Reason: closed.Reason}
	case errors.Is(err, websocket.ErrMessageTooBig):
		return &CloseError{Code: CodeMalformed, Reason: fmt.Sprintf("a message over %d bytes", MaxMessage)}
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return &CloseError{Code: CodeAbnormal, Reason: "the connection to the bridge broke"}
	}
	return &CloseError{Code: CodeAbnormal, Reason: fmt.Sprintf("the connection to the bridge broke: %v", err)}
}
