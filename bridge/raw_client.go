package bridge

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"github.com/kafkaio/kafkaio/internal/bearer"
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
	identity *sessionIdentity
	leaving  leaving
	cancel   context.CancelFunc // ends the dial to the broker
}

func (c *rawClient) whose() *sessionIdentity { return c.identity }

// askToken, refuseToken and goAway do nothing: raw bytes leave no room to ask. finish does nothing either:
// what serves the session watches the identity.
func (c *rawClient) askToken()                      {}
func (c *rawClient) refuseToken(*tunnel.CloseError) {}
func (c *rawClient) goAway(*tunnel.CloseError)      {}
func (c *rawClient) finish(*tunnel.CloseError)      {}

func (c *rawClient) drain(e *tunnel.CloseError) { c.leaving.stop(e) }

func (c *rawClient) abort(e *tunnel.CloseError) {
	if ended := c.identity.refusal(); ended != nil && e.Code == tunnel.CodeGoingAway {
		e = ended // it tells the client what to do
	}
	c.leaving.stop(e) // first: it is why the dial ends
	c.Abort(e)
	c.cancel()
}

func (b *Bridge) serveRaw(socket *tunnel.WebSocket, r *http.Request) {
	target, refusal := rawTarget(r.URL.RawQuery)
	if refusal != nil {
		socket.Refuse(refusal)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cost := b.costOf(r) + rawCost
	c := &rawClient{Raw: tunnel.NewRaw(socket, drainTime, b.memory), cancel: cancel}
	c.identity = newSessionIdentity(b, c, r)
	c.leaving = newLeaving(c.identity)
	if refusal := b.enter(c, cost); refusal != nil {
		socket.Refuse(refusal)
		return
	}
	defer b.leave(c, cost)
	defer b.limitAge(c)()
	defer c.identity.close()
	stop := endAt(c.leaving, c.abort)
	defer stop()
	broker, refusal := b.connectRaw(ctx, c, r, target)
	if refusal != nil {
		if ended := c.leaving.reason(); ended != nil { // that is why
			refusal = ended
		}
		socket.Refuse(refusal)
		return
	}
	address := broker.RemoteAddr()
	stop() // it no longer ends at once
	ended, silent := b.relayRaw(c, broker)
	if silent {
		b.targets.bootstrap.saidNothing(address)
	}
	b.log.Debug("session closed", "remote", r.RemoteAddr, "code", int(ended.Code), "reason", ended.Reason)
}

// connectRaw has the client judged, and connects it to its broker.
func (b *Bridge) connectRaw(ctx context.Context, c *rawClient, r *http.Request, target string) (*connection, *tunnel.CloseError) {
	if refusal := c.identity.present(bearer.Token(r.Header.Get("Authorization"))); refusal != nil {
		return nil, refusal
	}
	if refusal := c.identity.await(ctx); refusal != nil {
		return nil, refusal
	}
	broker, refusal := c.identity.targets.connect(ctx, tunnel.Open{Target: target}, c.identity.current)
	if refusal != nil {
		b.log.Info("no connection", "remote", r.RemoteAddr, "identity", c.identity.current().Name, "target", target, "code", int(refusal.Code), "reason", refusal.Reason)
	}
	return broker, refusal
}

// relayRaw carries bytes between a raw session and its broker until either closes, or the client has to go. It
// returns why the session ended, and whether the broker got a request and answered nothing.
func (b *Bridge) relayRaw(c *rawClient, broker *connection) (ended *tunnel.CloseError, silent bool) {
	if !b.looksAtFrames() {
		defer endAt(c.identity.lapsed, c.abort)()
		defer endWhenQuiet(c.leaving, c, c.abort)()
		ended = c.Serve(broker.Conn)
		return ended, c.Unanswered(answerTime)
	}
	client := newRawFrames(c.Raw)
	var relaying sync.WaitGroup
	relaying.Go(func() { silent = b.newFrameRelay(client, broker, c.identity, c.leaving).run() })
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
