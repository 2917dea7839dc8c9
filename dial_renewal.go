package kafkaio

import (
	"context"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// renewalPause is how long a renewal waits after its first failure. Each further one doubles it. A bridge
	// takes 8 tokens at once, and then one a second.
	renewalPause = 250 * time.Millisecond
	// maxRenewalPause is the longest pause.
	maxRenewalPause = 30 * time.Second
)

// A renewal sends a session's bridge new tokens. Where Token fails, or the bridge refuses what it returned,
// the renewal tries again until the session ends: the token before may still hold for a while.
type renewal struct {
	dialer  *Dialer
	session *tunnel.Session

	mu      sync.Mutex
	isBusy  bool          // Token is being called
	pause   time.Duration // after the last failure since the bridge asked; 0: there was none
	pending *time.Timer   // starts the next attempt; nil: none waits
}

// wanted tries at once when the bridge asks for a token, and later when it refuses one. It doesn't wait for
// that.
func (r *renewal) wanted(refusal string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if refusal != "" {
		r.laterLocked()
		return
	}
	r.pause = 0
	r.startLocked()
}

// startLocked starts an attempt, unless one runs or the session has ended.
func (r *renewal) startLocked() {
	if r.pending != nil {
		r.pending.Stop()
		r.pending = nil
	}
	select {
	case <-r.session.Done():
		return
	default:
	}
	if !r.isBusy {
		r.isBusy = true
		go r.attempt()
	}
}

// laterLocked has another attempt made after a pause, unless one runs or waits.
func (r *renewal) laterLocked() {
	if r.isBusy || r.pending != nil {
		return
	}
	r.pause = min(max(2*r.pause, renewalPause), maxRenewalPause)
	var timer *time.Timer
	timer = time.AfterFunc(r.pause, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.pending == timer { // else the bridge has asked meanwhile
			r.startLocked()
		}
	})
	r.pending = timer
}

// attempt sends a token.
func (r *renewal) attempt() {
	ctx, cancel := withStepTimeout(context.Background(), r.dialer.stepTimeout())
	defer cancel()
	go func() {
		defer cancel()
		select {
		case <-r.session.Done():
		case <-ctx.Done():
		}
	}()
	token, err := r.dialer.callToken(ctx)
	r.mu.Lock()
	r.isBusy = false // before the bridge can refuse the token
	r.mu.Unlock()
	if err == nil {
		err = r.session.Auth(token)
	}
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.laterLocked()
	}
}
