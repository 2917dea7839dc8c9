package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"time"
)

// Only a connection that breaks tells a page that its bridge is gone, and a client that waits for a person
// has none most of the time. So a client holds a silent connection to a bootstrap broker, its presence. That
// also keeps the WebSocket open: a further broker then costs one message. It can't tell whether a broker
// that doesn't close it still answers, so one is asked from time to time.

const (
	// connectAttempts are those of connect to get an answer in time: a browser that has just started, with
	// a page that loads, may take seconds for a WebSocket.
	connectAttempts = 3
	// askInterval is the time between questions whether a broker answers, and askTimeout bounds each.
	askInterval = 10 * time.Second
	askTimeout  = 5 * time.Second
	// settled is how long a presence must have lasted to be replaced without a wait: brokers close idle
	// connections (connections.max.idle.ms, 10 minutes by default).
	settled = 10 * time.Second
	// maxRefusals are those of brokers in a row that end the client. One alone may be of a broker that has just
	// started, and doesn't know its users yet.
	maxRefusals = 3
)

// reach connects, and asks a broker for the cluster's id. If the bridge refuses the token, it asks the page
// for another one, once. After a timeout it tries again, up to the number of attempts.
func (c *client) reach(ctx context.Context, attempts int) (presence net.Conn, clusterID string, err error) {
	for {
		presence, clusterID, err = c.tryReach(ctx)
		switch {
		case err == nil, ctx.Err() != nil:
			return presence, clusterID, err
		case c.token != nil && !c.token.hasReplaced() && describe(err).Code == codeUnauthorized:
			// tryReach asks for another one.
		case errors.Is(err, os.ErrDeadlineExceeded) && attempts > 1:
			attempts--
			if c.token != nil {
				c.token.wantedFor(whyConnect)
			}
		default:
			return nil, "", err
		}
	}
}

func (c *client) tryReach(ctx context.Context) (presence net.Conn, clusterID string, err error) {
	if c.token != nil {
		if err := c.token.prepare(ctx); err != nil {
			return nil, "", err
		}
	}
	presence, err = c.dialer.DialContext(ctx, "tcp", "")
	if err != nil {
		return nil, "", err
	}
	m, err := c.metadata(ctx)
	if err != nil {
		presence.Close()
		return nil, "", err
	}
	if c.token != nil {
		c.token.wantedFor(whyExpiring)
	}
	c.status.set(change{State: stateConnected})
	if m.ClusterID != nil {
		clusterID = *m.ClusterID
	}
	return presence, clusterID, nil
}

// watch holds the presence, replaces it, and tells of changes. It returns nil once ctx has ended, or why the
// bridge or the brokers will have no more of this client.
func (c *client) watch(ctx context.Context, presence net.Conn) error {
	for {
		began := time.Now()
		c.hold(ctx, presence)
		wait, refusals := time.Duration(0), 0
		if time.Since(began) < settled {
			wait = backoff(1)
		}
		for attempt := 1; ; attempt++ {
			if !sleep(ctx, wait) {
				return nil
			}
			if c.token != nil {
				c.token.wantedFor(whyConnect)
			}
			var err error
			if presence, _, err = c.reach(ctx, 1); err == nil {
				break
			}
			if ctx.Err() != nil {
				return nil
			}
			e := describe(err)
			if e.Code == codeUnauthorized || e.Code == codeDenied { // it won't change its mind
				return err
			}
			if !isRefusal(err) {
				refusals = 0
			} else if refusals++; refusals == maxRefusals {
				return err
			}
			wait = backoff(attempt)
			retryIn := float64(wait.Milliseconds())
			c.status.set(change{stateReconnecting, attempt, &retryIn, e})
		}
	}
}

// hold returns once the presence has ended, no broker answers, or ctx has ended.
func (c *client) hold(ctx context.Context, presence net.Conn) {
	ctx, end := context.WithCancel(ctx)
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer end()
		presence.Read(make([]byte, 1)) // brokers don't speak first
	}()
	defer func() {
		presence.Close()
		<-read
	}()
	again := time.NewTicker(askInterval)
	defer again.Stop()
	for {
		select {
		case <-again.C:
			if !c.answers(ctx) {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// answers reports whether a broker answers. franz-go's Ping sends one request to several brokers, which is a
// race when the first doesn't answer in time.
func (c *client) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	_, err := c.metadata(ctx)
	return err == nil
}

// sleep waits, and returns false if ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// backoff is the wait before attempt + 1. It doubles from a quarter of a second to 5 seconds, give or take a
// tenth, so that pages which lost a bridge together don't come back together.
func backoff(attempt int) time.Duration {
	const first, most = 250 * time.Millisecond, 5 * time.Second
	d := most
	if attempt <= 5 {
		d = min(first<<max(attempt-1, 0), most)
	}
	return d - d/10 + rand.N(d/5)
}
