package kafkaio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
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
		session, isNew, err := d.tunnels.Session(ctx, bridgeURL, func(ctx context.Context) (*tunnel.Session, error) {
			return d.openSession(ctx, bridgeURL)
		})
		if err != nil {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: remote, Err: &stepError{"bridge " + bridgeName(bridgeURL), err}}
		}
		st, err := d.openStream(ctx, session, o, remote)
		switch {
		case err == nil:
			return st, nil
		case attempt == sessionAttempts:
			return nil, err
		case errors.Is(err, tunnel.ErrSessionEnding), !isNew && (session.Broken() || isUnauthorized(err)):
			// Before the OPEN arrived the session ended, its network path had died, or its token was refused: another
			// dial may have a better one.
			d.tunnels.Retire(bridgeURL, session)
		default:
			return nil, err
		}
	}
}

// isUnauthorized reports whether the bridge refused the session's token.
func isUnauthorized(err error) bool {
	closed, ok := errors.AsType[*tunnel.CloseError](err)
	return ok && closed.Code == tunnel.CodeUnauthorized
}

// sessionAttempts is how many sessions a dial tries. The pool's session may have ended since its last
// use, and so may the one that another dial replaced it by. If the third ends too, the bridge is
// ending them, and the dial fails.
const sessionAttempts = 3

// openStream opens a stream. It waits 1.05 times as long as the bridge may take for its steps, so that
// the bridge's answer, which says what took so long, arrives. If no answer comes even then, the session
// is retired: no further stream uses it.
//
// If nothing at all comes from the bridge for some time, openStream fails earlier. A session that can
// ping must hear from its bridge within Timeout, because reaching the bridge is a step. A page can't
// ping, and may get nothing but the answer to the OPEN: it waits as long as for that.
func (d *Dialer) openStream(ctx context.Context, s *tunnel.Session, o tunnel.Open, remote net.Addr) (net.Conn, error) {
	limit := o.ResolveTimeout + o.ConnectTimeout
	bounded := o.ResolveTimeout > 0 && o.ConnectTimeout > 0
	var silence time.Duration // 0: any
	switch {
	case s.CanPing():
		silence = max(d.stepTimeout(), 0)
	case bounded:
		silence = limit + limit/20
	}
	if bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit+limit/20, &stepError{s.Name(), stepTimeoutError(limit)})
		defer cancel()
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

// timeoutOnWire returns the time the bridge may take for a step; 0 means no limit.
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

// checkBridgeURL returns an error if s isn't the URL of a bridge. It doesn't look at the path, which is
// checked when the WebSocket is opened. It doesn't use net/url, which would add 12 KB to a page's
// program.
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

// bridgeName returns a bridge's URL for errors and traces: without user, password and query, which may
// be secrets.
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

// openSession connects to the bridge. That is a step of dialling, and so limited by Timeout.
func (d *Dialer) openSession(ctx context.Context, url string) (*tunnel.Session, error) {
	ctx, cancel := withStepTimeout(ctx, d.stepTimeout())
	defer cancel()
	var token string
	if d.Token != nil {
		var err error
		if token, err = d.callToken(ctx); err != nil {
			return nil, fmt.Errorf("token: %w", err)
		}
	}
	dial := d.BridgeDial
	if dial == nil {
		dial = dialTCP
	}
	socket, local, err := tunnel.Dial(ctx, url, dial, d.BridgeSecure)
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
		session.OnRenew((&renewal{dialer: d, session: session}).wanted)
	}
	return session, nil
}

// callToken calls Token, also one that ignores its context.
func (d *Dialer) callToken(ctx context.Context) (string, error) {
	return abandonable(ctx, func() (string, error) { return d.Token(ctx) }, func(string) {})
}
