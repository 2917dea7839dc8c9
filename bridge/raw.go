package bridge

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// rawSubprotocol is what plain WebSocket-to-TCP clients such as websocat ask for: one broker
// connection, its bytes in binary messages, no credit. The broker is named in the query.
const rawSubprotocol = "binary"

// rawMessage is the size of the messages that a raw client is sent, and rawLimit of those it may send.
const (
	rawMessage = 32 << 10
	rawLimit   = 16 << 20
)

// A rawClient is a WebSocket that is one broker connection.
type rawClient struct {
	conn   *websocket.Conn
	cancel context.CancelFunc // ends the dial to the broker
}

// goAway does nothing: raw bytes leave no room to ask.
func (c *rawClient) goAway() {}

func (c *rawClient) abort(e *tunnel.CloseError) {
	refuse(c.conn, e) // before its context ends, with which the WebSocket breaks
	c.cancel()
}

func (b *Bridge) serveRaw(conn *websocket.Conn, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if refusal := b.authorize(r, token); refusal != nil {
		refuse(conn, refusal)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := &rawClient{conn: conn, cancel: cancel}
	if refusal := b.enter(c); refusal != nil {
		refuse(conn, refusal)
		return
	}
	defer b.leave(c)

	broker, refusal := b.targets.connect(ctx, tunnel.Open{Target: r.URL.Query().Get("broker")})
	if refusal != nil {
		b.log.Info("no connection", "remote", r.RemoteAddr, "code", int(refusal.Code), "reason", refusal.Reason)
		refuse(conn, refusal)
		return
	}
	client := websocket.NetConn(ctx, conn, websocket.MessageBinary)
	conn.SetReadLimit(rawLimit) // NetConn has lifted it
	toBroker := make(chan struct{})
	go func() {
		defer close(toBroker)
		io.Copy(broker, client)
		broker.Close()
	}()
	_, err := io.CopyBuffer(struct{ io.Writer }{client}, struct{ io.Reader }{broker}, make([]byte, rawMessage))
	broker.Close()
	if err != nil {
		refuse(conn, &tunnel.CloseError{Code: tunnel.CodeReset, Reason: "reset: the connection to the broker broke"})
	}
	client.Close()
	<-toBroker
}
