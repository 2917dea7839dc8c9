package bridge

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// maxStreams bounds a session. A Kafka client opens up to five connections per broker.
	maxStreams = 1024
	// drainTime is how long a broker may take to accept what a client sent before it went.
	drainTime = 10 * time.Second
)

// A session is one client's tunnel.
type session struct {
	bridge  *Bridge
	request *http.Request
	tunnel  *tunnel.Session

	authorized bool // touched only by the goroutine that reads the WebSocket
	running    sync.WaitGroup
}

func (b *Bridge) serveTunnel(conn *websocket.Conn, r *http.Request) {
	s := &session{bridge: b, request: r, authorized: b.config.Authorize == nil}
	socket := tunnel.NewSocket(conn)
	s.tunnel = tunnel.NewServer(socket, tunnel.NamedAddr(r.Host), s)
	if refusal := b.enter(s); refusal != nil { // from here on, it may be asked to go away
		refuse(conn, refusal)
		return
	}
	defer b.leave(s)
	ctx, cancel := context.WithCancel(context.Background())
	s.running.Go(func() { keepAlive(ctx, s.tunnel, socket) })
	b.log.Debug("session opened", "remote", r.RemoteAddr, "origin", r.Header.Get("Origin"))
	ended := s.tunnel.Serve()
	cancel()
	s.running.Wait()
	b.log.Debug("session closed", "remote", r.RemoteAddr, "code", int(ended.Code), "reason", ended.Reason)
}

func (s *session) goAway() { s.tunnel.GoAway(errClosing.Reason) }

func (s *session) abort(e *tunnel.CloseError) { s.tunnel.Abort(e) }

// Auth implements tunnel.Acceptor.
func (s *session) Auth(token string) error {
	if refusal := s.bridge.authorize(s.request, token); refusal != nil {
		return refusal
	}
	s.authorized = true
	return nil
}

// Open implements tunnel.Acceptor.
func (s *session) Open(st *tunnel.Stream, o tunnel.Open) {
	switch {
	case !s.authorized:
		s.tunnel.Abort(s.bridge.authorize(s.request, ""))
	case s.tunnel.Streams() > maxStreams:
		st.CloseWith(tunnel.CodeTooMany, "streams: this session has as many as one may have")
	default:
		s.running.Go(func() { s.serve(st, o) })
	}
}

// serve connects a stream to its broker and carries bytes between them until either closes.
func (s *session) serve(st *tunnel.Stream, o tunnel.Open) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	st.OnDone(cancel)
	started := time.Now()
	broker, refusal := s.bridge.targets.connect(ctx, o)
	log := s.bridge.log.With("remote", s.request.RemoteAddr, "target", o.Target)
	if refusal != nil {
		log.Info("no connection", "code", int(refusal.Code), "reason", refusal.Reason)
		st.CloseWith(refusal.Code, refusal.Reason)
		return
	}
	log.Debug("connected", "broker", broker.RemoteAddr(), "after", time.Since(started))
	st.Opened(broker.RemoteAddr())
	relay(st, broker)
}

// relay carries bytes both ways until either side closes, and closes both.
func relay(st *tunnel.Stream, broker net.Conn) {
	st.OnDone(func() {
		// The client is gone: nothing more is read for it, what it sent is still delivered.
		broker.SetReadDeadline(time.Unix(1, 0))
		broker.SetWriteDeadline(time.Now().Add(drainTime))
	})
	delivered := make(chan struct{})
	go func() {
		defer close(delivered)
		// When the broker takes no more, what it still said and how it closed is for ReadFrom to see.
		st.WriteTo(broker)
	}()
	_, err := st.ReadFrom(broker)
	switch {
	case st.Ended():
		<-delivered
		st.Close()
		broker.Close()
	case err == nil:
		st.Close()
		broker.Close()
	default:
		st.CloseWith(tunnel.CodeReset, "reset: the broker reset the connection")
		broker.Close()
	}
	<-delivered
}
