//go:build !js

package tunnel

import (
	"bufio"
	"net"
	"net/http"

	"github.com/coder/websocket"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// Accept upgrades a request to a WebSocket with one of the subprotocols, or with none if the client
// asks for none of them. It checks no origin. On an error the client has already been answered.
func Accept(w http.ResponseWriter, r *http.Request, subprotocols ...string) (*WebSocket, error) {
	s := &WebSocket{wire: newWire(false), readSize: smallBuffer}
	conn, err := websocket.Accept(hijacker{w, s.wire}, r, &websocket.AcceptOptions{
		Subprotocols:       subprotocols,
		InsecureSkipVerify: true, // the caller checks the origin, and says so in a close code
		OnPingReceived:     s.pinged,
	})
	if err != nil {
		return nil, err
	}
	s.serve(conn)
	return s, nil
}

// A hijacker puts a wire under the WebSocket.
type hijacker struct {
	http.ResponseWriter
	wire *wire
}

// Hijack implements http.Hijacker.
func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.wire.conn, h.wire.try = c, trywrite.New(c)
	// coder/websocket writes only closes, through this buffer. Its own would hold 4 KiB for as long as
	// the session lasts.
	return wiredConn{c, h.wire}, bufio.NewReadWriter(rw.Reader, bufio.NewWriterSize(h.wire, closeFrame)), nil
}

// closeFrame is the size of the largest control frame that a server sends (RFC 6455 section 5.5).
const closeFrame = 2 + 125

// A wiredConn is a connection whose bytes pass through a wire.
type wiredConn struct {
	net.Conn
	wire *wire
}

func (c wiredConn) Read(p []byte) (int, error)  { return c.wire.Read(p) }
func (c wiredConn) Write(p []byte) (int, error) { return c.wire.Write(p) }
func (c wiredConn) Close() error                { return c.wire.Close() }
