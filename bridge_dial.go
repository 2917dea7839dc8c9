package kafkaio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/hostport"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// dialBridge connects to a broker through the bridge at bridgeURL. The target is "host:port",
// or empty for any of the bridge's bootstrap brokers.
func (d *Dialer) dialBridge(ctx context.Context, bridgeURL, network, target string) (net.Conn, error) {
	if err := checkBridgeURL(bridgeURL); err != nil {
		return nil, err
	}
	o := tunnel.Open{
		Window:         tunnel.ClientWindow,
		IPVersion:      int(d.wantedVersion(network)),
		ResolveTimeout: timeoutOnWire(ctx, d.resolveTimeout()),
		ConnectTimeout: timeoutOnWire(ctx, d.stepTimeout()),
		Target:         target,
	}
	remote := tunnel.NamedAddr(target)
	for attempt := 1; ; attempt++ {
		session, isNew, err := d.tunnels.session(ctx, d, bridgeURL)
		if err != nil {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: remote, Err: &stepError{"bridge " + bridgeName(bridgeURL), err}}
		}
		st, err := d.openStream(ctx, session, o, remote)
		switch {
		case err == nil:
			return st, nil
		case attempt == sessionAttempts:
			return nil, err
		case errors.Is(err, tunnel.ErrSessionEnding), !isNew && session.Broken():
			// It ended, or its path had died, before the OPEN reached anybody.
			d.tunnels.retire(bridgeURL, session)
		default:
			return nil, err
		}
	}
}

// sessionAttempts is how many sessions a dial tries. The first may have ended since it was last
// used, and so may one that replaced it; a bridge that ends them all has a reason.
const sessionAttempts = 3

// openStream gives the bridge the time that it was told to take, and a twentieth more for its
// answer, which says what kept it. A session whose bridge leaves an OPEN without an answer that long
// takes no further streams.
func (d *Dialer) openStream(ctx context.Context, s *tunnel.Session, o tunnel.Open, remote net.Addr) (net.Conn, error) {
	limit := o.ResolveTimeout + o.ConnectTimeout
	silence := d.silence(limit + limit/20)
	bounded := o.ResolveTimeout > 0 && o.ConnectTimeout > 0
	if bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit+limit/20, &stepError{s.Name(), stepTimeoutError(limit)})
		defer cancel()
	} else {
		silence = d.silence(0)
	}
	st, err := s.Open(ctx, o, remote, silence)
	if err != nil {
		if bounded && errors.Is(err, stepTimeoutError(limit)) {
			s.Retire()
		}
		return nil, err
	}
	return st, nil
}

// timeoutOnWire is the time that the bridge may take for a step: 0 means without limit.
func timeoutOnWire(ctx context.Context, timeout time.Duration) time.Duration {
	if timeout == NoTimeout {
		timeout = 0
	}
	if at, ok := ctx.Deadline(); ok {
		left := max(time.Until(at), time.Millisecond)
		if timeout == 0 || left < timeout {
			return left
		}
	}
	return timeout
}

// checkBridgeURL finds what makes no sense before anything is dialled. It leaves the path to who opens
// the WebSocket: net/url is 12 KB of what a page loads.
func checkBridgeURL(s string) error {
	scheme, rest, _ := strings.Cut(s, "://")
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	host = host[strings.LastIndex(host, "@")+1:]
	_, _, err := hostport.Parse(host, DefaultPort)
	if scheme != "ws" && scheme != "wss" || err != nil || strings.Contains(rest, "#") {
		return mismatch(fmt.Errorf("bridge %q: a URL of the form ws://HOST:8642/kafka was expected", bridgeName(s)))
	}
	return nil
}

// bridgeName is a bridge's URL in errors and traces: without what may be a secret.
func bridgeName(url string) string {
	if end := strings.IndexAny(url, "?#"); end >= 0 { // the page's link has a token after #
		url = url[:end]
	}
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + host[strings.LastIndex(host, "@")+1:] + "/" + path
}

// A tunnelPool shares one session per bridge between the connections of a Dialer: browsers open
// WebSockets to a host one after the other, and within a session a further broker costs one message.
type tunnelPool struct {
	mu       sync.Mutex
	sessions map[string]*pooledSession
}

// A pooledSession is a session, or one that is being opened.
type pooledSession struct {
	ready   chan struct{} // closed when session or err is set
	session *tunnel.Session
	err     error
	waiting int // callers that wait for ready
	cancel  context.CancelFunc
}

// session returns the session with the bridge at url, opened if there is none, and whether that had
// to be waited for. It belongs to all who wait for it: one of them going away leaves it to the others.
func (p *tunnelPool) session(ctx context.Context, d *Dialer, url string) (_ *tunnel.Session, isNew bool, _ error) {
	p.mu.Lock()
	s := p.sessions[url]
	if s == nil {
		s = p.open(ctx, d, url)
	}
	isNew = s.session == nil
	s.waiting++
	p.mu.Unlock()

	var gone error
	select {
	case <-s.ready:
	case <-ctx.Done():
		gone = ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.waiting--
	if gone != nil && s.session == nil && s.err == nil {
		if s.waiting == 0 {
			s.cancel()
			p.forget(url, s)
		}
		return nil, isNew, gone
	}
	return s.session, isNew, s.err
}

// retire has the next caller open a new session in the place of one that takes no more streams.
func (p *tunnelPool) retire(url string, session *tunnel.Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sessions[url]; s != nil && s.session == session {
		p.forget(url, s)
	}
}

// open starts to open a session. It is called with the lock held.
func (p *tunnelPool) open(ctx context.Context, d *Dialer, url string) *pooledSession {
	ctx, cancel := withStepTimeout(context.WithoutCancel(ctx), d.stepTimeout())
	s := &pooledSession{ready: make(chan struct{}), cancel: cancel}
	if p.sessions == nil {
		p.sessions = make(map[string]*pooledSession)
	}
	p.sessions[url] = s
	go func() {
		session, err := d.openSession(ctx, url)
		p.mu.Lock()
		s.session, s.err = session, err
		if err != nil {
			p.forget(url, s)
		}
		abandoned := s.waiting == 0 && ctx.Err() != nil
		p.mu.Unlock()
		cancel()
		close(s.ready)
		if err != nil {
			return
		}
		if abandoned {
			session.Abort(&tunnel.CloseError{Code: tunnel.CodeNormal})
		}
		session.Serve()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.forget(url, s)
	}()
	return s
}

func (p *tunnelPool) forget(url string, s *pooledSession) {
	if p.sessions[url] == s {
		delete(p.sessions, url)
	}
}

func (d *Dialer) openSession(ctx context.Context, url string) (*tunnel.Session, error) {
	var token string
	if d.Token != nil {
		var err error
		token, err = abandonable(ctx, func() (string, error) { return d.Token(ctx) }, func(string) {})
		if err != nil {
			return nil, fmt.Errorf("token: %w", err)
		}
	}
	socket, local, err := tunnel.Dial(ctx, url, dialWebSocket)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	session := tunnel.NewClient(socket, "bridge "+bridgeName(url), local)
	if d.Token != nil {
		if err := session.Auth(token); err != nil {
			session.Abort(&tunnel.CloseError{Code: tunnel.CodeNormal})
			return nil, err
		}
	}
	return session, nil
}
