package bridge

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// rawSubprotocol is for plain WebSocket-to-TCP clients such as websocat: one broker connection, its bytes
// in binary messages, no credit. The query names the broker.
const rawSubprotocol = "binary"

// rawCost is what a raw session holds beyond sessionCost: a message to the client, two pieces from it.
const rawCost = 96 << 10

// A rawClient is a WebSocket that is one broker connection.
type rawClient struct {
	*tunnel.Raw
	cancel context.CancelFunc // ends the dial to the broker
}

// goAway does nothing: raw bytes leave no room to ask.
func (c *rawClient) goAway() {}

func (c *rawClient) abort(e *tunnel.CloseError) {
	c.Abort(e)
	c.cancel()
}

func (b *Bridge) serveRaw(socket *tunnel.WebSocket, r *http.Request) {
	target, refusal := rawTarget(r.URL.RawQuery)
	if refusal == nil {
		refusal = b.authorize(r, bearerToken(r.Header.Get("Authorization")))
	}
	if refusal != nil {
		socket.Refuse(refusal)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cost := costOf(r) + rawCost
	c := &rawClient{tunnel.NewRaw(socket, drainTime, b.memory), cancel}
	if refusal := b.enter(c, cost); refusal != nil {
		socket.Refuse(refusal)
		return
	}
	defer b.leave(c, cost)

	broker, refusal := b.targets.connect(ctx, tunnel.Open{Target: target}, nobody)
	if refusal != nil {
		b.log.Info("no connection", "remote", r.RemoteAddr, "code", int(refusal.Code), "reason", refusal.Reason)
		socket.Refuse(refusal)
		return
	}
	address := broker.RemoteAddr()
	ended, silent := b.relayRaw(c.Raw, broker, nobody)
	if silent {
		b.targets.bootstrap.saidNothing(address)
	}
	b.log.Debug("session closed", "remote", r.RemoteAddr, "code", int(ended.Code), "reason", ended.Reason)
}

// relayRaw carries bytes between a raw session and its broker until either closes. It returns why the
// session ended, and whether the broker got a request and answered nothing.
func (b *Bridge) relayRaw(c *tunnel.Raw, broker *connection, who identity) (ended *tunnel.CloseError, silent bool) {
	if !b.looksAtFrames() {
		ended = c.Serve(broker.Conn)
		return ended, c.Unanswered(answerTime)
	}
	client := newRawFrames(c)
	var relaying sync.WaitGroup
	relaying.Go(func() { silent = b.newFrameRelay(client, broker, who, context.Background()).run() })
	ended = c.Serve(client.near)
	relaying.Wait()
	return ended, silent
}

// rawTarget returns the broker that a query names, or "" if it names none.
func rawTarget(query string) (string, *tunnel.CloseError) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", &tunnel.CloseError{Code: tunnel.CodeMalformed, Reason: "query: " + err.Error() + "; ?broker=host:port was expected"}
	}
	if len(values["broker"]) > 1 {
		return "", &tunnel.CloseError{Code: tunnel.CodeMalformed, Reason: "query: it names several brokers, one was expected"}
	}
	return values.Get("broker"), nil
}

// bearerToken returns the token of an Authorization header, or "" if its scheme isn't Bearer.
func bearerToken(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") { // RFC 9110 section 11.1
		return ""
	}
	return token
}
