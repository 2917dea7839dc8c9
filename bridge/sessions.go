package bridge

import (
	"context"
	"fmt"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A client is one WebSocket.
type client interface {
	whose() *sessionIdentity
	askToken()                        // asks it for a new token
	refuseToken(e *tunnel.CloseError) // tells it that its new token is of no use
	goAway(e *tunnel.CloseError)      // asks it to open nothing further and to end by itself
	drain(e *tunnel.CloseError)       // goAway, and ends each of its connections once nothing is in flight in it
	finish(e *tunnel.CloseError)      // ends it once it has no connections
	abort(e *tunnel.CloseError)       // ends it
}

// maxSessions bounds the clients.
const maxSessions = 16384

var errClosing = &tunnel.CloseError{Code: tunnel.CodeGoingAway, Reason: "the bridge is going away"}

// Shutdown asks every client to open no further connections, closes those that are idle, and waits until the
// others are. If ctx ends first it closes them, waits up to 0.1 s for the closes to leave, and returns ctx's error.
// Neither a broker nor Authorize can hold it up longer.
//
// A connection is idle once its broker has answered everything. Where the bridge looks at requests it takes no
// further one. Where it doesn't, it goes by bytes: the broker's came last, and none came for 0.25 s.
func (b *Bridge) Shutdown(ctx context.Context) error {
	b.mu.Lock()
	b.closing = true
	if b.empty == nil {
		b.empty = make(chan struct{})
		if len(b.sessions) == 0 {
			close(b.empty)
		}
	}
	empty := b.empty
	open := b.openSessions()
	b.mu.Unlock()
	for _, c := range open {
		c.drain(errClosing)
	}
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	open = b.openSessions()
	b.mu.Unlock()
	for _, c := range open {
		c.abort(errClosing)
	}
	select {
	case <-empty:
	case <-time.After(closeTime):
	}
	return ctx.Err()
}

// closeTime is how long a Shutdown whose ctx has ended waits for closes to leave.
const closeTime = 100 * time.Millisecond

func (b *Bridge) openSessions() []client {
	open := make([]client, 0, len(b.sessions))
	for c := range b.sessions {
		open = append(open, c)
	}
	return open
}

// enter admits a client that costs so many bytes, or returns why not.
func (b *Bridge) enter(c client, cost int64) *tunnel.CloseError {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closing:
		return errClosing
	case len(b.sessions) >= maxSessions:
		return &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: fmt.Sprintf("sessions: the bridge has %d, as many as it takes", maxSessions)}
	case !b.memory.Take(cost):
		return &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: tunnel.ReasonMemory + ": the bridge has none left for another session"}
	}
	b.sessions[c] = struct{}{}
	return nil
}

func (b *Bridge) leave(c client, cost int64) {
	b.memory.Give(cost)
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sessions, c)
	if b.closing && len(b.sessions) == 0 {
		close(b.empty)
	}
}
