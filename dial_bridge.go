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
		case errors.Is(err, tunnel.ErrSessionEnding), !isNew && session.Broken():
			// It ended, or its path had died, before the OPEN reached anybody.
			d.tunnels.Retire(bridgeURL, session)
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
//
// A session that can ping hears from its bridge within Timeout, as reaching it is a step like any other.
// In a page the answer to the OPEN may be all that there is to come.
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

// openSession reaches the bridge, which is a step of dialling.
func (d *Dialer) openSession(ctx context.Context, url string) (*tunnel.Session, error) {
	ctx, cancel := withStepTimeout(ctx, d.stepTimeout())
	defer cancel()
	var token string
	if d.Token != nil {
		var err error
		token, err = abandonable(ctx, func() (string, error) { return d.Token(ctx) }, func(string) {})
		if err != nil {
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
	}
	return session, nil
}
