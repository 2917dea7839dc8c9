//go:build js

package main

import (
	"math/rand/v2"
	"net"
	"syscall/js"
	"time"
)

// Only a connection that breaks tells a page that its bridge is gone, and a client that waits for the user
// has none most of the time. So watch holds a silent connection to a bootstrap broker. That also keeps the
// WebSocket open: a further broker then costs one message.

// settled is how long a connection must have lasted to be replaced without a wait: brokers close idle
// connections (connections.max.idle.ms, 10 minutes by default).
const settled = 10 * time.Second

// watch holds the connection, and calls onStatus when it is lost for good, when it is tried again, and when
// it is back. It returns when the client is closed.
func (c *client) watch(presence net.Conn, onStatus js.Value) {
	report := func(state string, err error, retryIn time.Duration) {
		if onStatus.Type() != js.TypeFunction {
			return
		}
		status := map[string]any{"state": state, "retryInMs": retryIn.Milliseconds()}
		if err != nil {
			status["error"] = jsError(err)
		}
		guard(onStatus, js.ValueOf(status))
	}
	for {
		var wait time.Duration
		if c.hold(presence) < settled {
			wait = backoff(0)
		}
		lost := false
		for attempt := 0; ; attempt++ {
			if !c.sleep(wait) {
				return
			}
			var err error
			if presence, err = c.dialer.DialContext(c.ctx, "tcp", ""); err == nil {
				break
			}
			switch code(err) {
			case codeClosed:
				return
			case codeUnauthorized, codeDenied: // it won't change its mind
				report("closed", err, 0)
				c.close()
				return
			}
			lost = true
			wait = backoff(attempt)
			report("reconnecting", err, wait)
		}
		if lost {
			report("connected", nil, 0)
		}
	}
}

// hold waits for the end of a connection and returns how long it lasted.
func (c *client) hold(presence net.Conn) time.Duration {
	start := time.Now()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-c.ctx.Done():
		case <-stop:
		}
		presence.Close()
	}()
	presence.Read(make([]byte, 1)) // brokers don't speak first: it returns when the connection ends
	return time.Since(start)
}

// sleep waits, and returns false if the client was closed.
func (c *client) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// backoff doubles from a quarter of a second to 5 seconds, give or take a tenth, so that pages
// which lost a bridge together don't come back together.
func backoff(attempt int) time.Duration {
	const first, most = 250 * time.Millisecond, 5 * time.Second
	d := most
	if attempt < 5 {
		d = min(first<<attempt, most)
	}
	return d - d/10 + rand.N(d/5)
}
