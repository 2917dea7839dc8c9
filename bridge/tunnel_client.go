package bridge

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// maxStreams is the most broker connections of a session, including those still dialling or
	// draining. A Kafka client opens up to five per broker.
	maxStreams = 1024
	// sessionCost and streamCost are what an idle session and an idle stream hold: stacks, buffers for
	// reading requests, and a small message in each direction. TestIdleSessionIsSmall measures them.
	sessionCost = 20 << 10
	streamCost  = 8 << 10
	// tlsCost is what crypto/tls holds for a connection: a record of 16 KiB (RFC 8446 section 5.1), and
	// keys.
	tlsCost = 24 << 10
	// framesCost is what the bridge holds for a stream whose frames it looks at: another stack, a buffer for
	// what comes from the broker.
	framesCost = 8 << 10
)

// costOf returns what the idle session of a request holds: for Authorize the request, too.
func (b *Bridge) costOf(r *http.Request) int64 {
	cost := int64(sessionCost)
	if r.TLS != nil {
		cost += tlsCost
	}
	if b.config.Authorize != nil {
		cost += 2 * int64(len(r.RequestURI)) // and the URL, whose path may be a copy
		for name, values := range r.Header {
			for _, v := range values {
				cost += int64(len(name) + len(v))
			}
		}
	}
	return cost
}

// streamCost returns what an idle stream holds.
func (b *Bridge) streamCost() int64 {
	cost := int64(streamCost)
	if b.config.TLS != nil {
		cost += tlsCost
	}
	if b.looksAtFrames() {
		cost += framesCost
	}
	return cost
}

// A tunnelClient is one client's tunnel.
type tunnelClient struct {
	bridge *Bridge
	client string // address, for the log
	tunnel *tunnel.Session

	identity *sessionIdentity
	leaving  leaving
	brokers  atomic.Int32 // connections
	running  sync.WaitGroup
}

func (b *Bridge) serveTunnel(socket *tunnel.WebSocket, r *http.Request) {
	s := &tunnelClient{bridge: b, client: r.RemoteAddr}
	s.identity = newSessionIdentity(b, s, r)
	s.leaving = newLeaving(s.identity)
	s.tunnel = tunnel.NewServer(socket, tunnel.NamedAddr(r.Host), s, b.memory)
	cost := b.costOf(r)
	if refusal := b.enter(s, cost); refusal != nil { // from here on, it may be asked to go away
		socket.Refuse(refusal)
		return
	}
	defer b.leave(s, cost)
	defer b.limitAge(s)()
	b.log.Debug("session opened", "remote", s.client, "origin", r.Header.Get("Origin"))
	ended := s.tunnel.Serve()
	s.identity.close()
	s.running.Wait()
	b.log.Debug("session closed", "remote", s.client, "code", int(ended.Code), "reason", ended.Reason)
}

func (s *tunnelClient) whose() *sessionIdentity { return s.identity }

func (s *tunnelClient) askToken() { s.tunnel.AskToken() }

func (s *tunnelClient) refuseToken(e *tunnel.CloseError) { s.tunnel.RefuseToken(e) }

func (s *tunnelClient) goAway(e *tunnel.CloseError) { s.tunnel.GoAway(e) }

func (s *tunnelClient) drain(e *tunnel.CloseError) {
	s.tunnel.GoAway(e)
	s.leaving.stop(e)
	s.finish(e)
}

func (s *tunnelClient) finish(e *tunnel.CloseError) {
	if s.brokers.Load() == 0 { // else the last to end does it
		s.tunnel.Finish(e)
	}
}

func (s *tunnelClient) abort(e *tunnel.CloseError) { s.tunnel.Abort(e) }

// Auth implements tunnel.Acceptor.
func (s *tunnelClient) Auth(token string) error {
	if refusal := s.identity.present(token); refusal != nil {
		return refusal
	}
	return nil
}

// Open implements tunnel.Acceptor.
func (s *tunnelClient) Open(st *tunnel.Stream, o tunnel.Open) {
	s.identity.require()
	switch {
	case s.brokers.Load() >= maxStreams:
		st.CloseWith(tunnel.CodeTooMany, "streams: this session has as many as one may have")
		return
	case !s.bridge.memory.Take(s.bridge.streamCost()):
		st.CloseWith(tunnel.CodeTooMany, tunnel.ReasonMemory+": the bridge has none left for another stream")
		return
	}
	s.brokers.Add(1)
	s.running.Go(func() {
		defer s.leave()
		defer s.bridge.memory.Give(s.bridge.streamCost())
		s.serve(st, o)
	})
}

// leave ends a stream, and the session with its last one if the client has to go.
func (s *tunnelClient) leave() {
	last := s.brokers.Add(-1) == 0
	if e := s.leaving.reason(); last && e != nil {
		s.tunnel.Finish(e)
	}
}

// serve connects a stream to its broker and carries bytes between them until either closes.
func (s *tunnelClient) serve(st *tunnel.Stream, o tunnel.Open) {
	ctx, cancel := context.WithTimeout(context.Background(), bounded(o.ResolveTimeout)+bounded(o.ConnectTimeout))
	defer cancel()
	st.OnDone(cancel)
	end := func(e *tunnel.CloseError) { st.CloseWith(e.Code, e.Reason) }
	stop := endAt(s.leaving, end)
	defer stop()
	if refusal := s.identity.await(ctx); refusal != nil {
		st.CloseWith(refusal.Code, refusal.Reason)
		return
	}
	started := time.Now()
	broker, refusal := s.identity.targets.connect(ctx, o, s.identity.current)
	log := s.bridge.log.With("remote", s.client, "identity", s.identity.current().Name, "target", o.Target)
	if refusal != nil {
		log.Info("no connection", "code", int(refusal.Code), "reason", refusal.Reason)
		st.CloseWith(refusal.Code, refusal.Reason)
		return
	}
	address := broker.RemoteAddr()
	log.Debug("connected", "broker", address, "after", time.Since(started))
	stop() // it no longer ends at once
	st.ConfirmOpen(address)
	if s.relay(st, broker, end) {
		s.bridge.targets.bootstrap.saidNothing(address)
	}
}

// relay carries bytes between a stream and its broker until either closes, or the client has to go. It reports
// whether the broker got a request and answered nothing.
func (s *tunnelClient) relay(st *tunnel.Stream, broker *connection, end func(*tunnel.CloseError)) (silent bool) {
	if !s.bridge.looksAtFrames() {
		defer endAt(s.identity.lapsed, end)()
		defer endWhenQuiet(s.leaving, st, end)()
		return relay(st, broker.Conn)
	}
	st.CountReads()
	return s.bridge.newFrameRelay(st, broker, s.identity, s.leaving).run()
}
