package bridge

import (
	"strings"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// renewLead is how long before its end the bridge asks for a new token, at the earliest.
const renewLead = time.Minute

// authTimers are those of a session's identity. Nil: not started.
type authTimers struct {
	ask    *time.Timer // asks for a new token
	expire *time.Timer // ends the identity
	finish *time.Timer // ends the session of one that has ended
}

func (t *authTimers) stop() {
	for _, timer := range []*time.Timer{t.ask, t.expire, t.finish} {
		if timer != nil {
			timer.Stop()
		}
	}
}

func (i *sessionIdentity) hasExpired() bool {
	return i.isKnown && !i.who.Expires.IsZero() && !time.Now().Before(i.who.Expires)
}

// expireLocked ends the identity when it expires.
func (i *sessionIdentity) expireLocked() {
	i.timers.expire = time.AfterFunc(time.Until(i.who.Expires), func() {
		i.mu.Lock()
		expired := i.hasExpired()
		if !expired && !i.isOver && !i.who.Expires.IsZero() { // the clock was set, or a new token came
			i.timers.expire.Stop()
			i.expireLocked()
		}
		i.mu.Unlock()
		if expired {
			i.expire()
		}
	})
}

// expire ends an identity that has expired. It tells why the client has no later one, if it tried.
func (i *sessionIdentity) expire() {
	e := errExpired
	i.mu.Lock()
	if i.refused != nil {
		e = unauthorized("it has expired, and a new one was refused: " + strings.TrimPrefix(i.refused.Reason, "token: "))
	}
	i.mu.Unlock()
	i.lapse(e)
}

// askLocked asks the client for a new token when a third of the time is left, at most renewLead, and again
// when a third of that is, until less than authEvery is.
func (i *sessionIdentity) askLocked() {
	left := time.Until(i.who.Expires)
	wait := max(left-min(left/3, renewLead), authEvery)
	if wait >= left {
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		i.mu.Lock()
		holds := !i.isOver && i.timers.ask == timer // else a new token came meanwhile
		if holds {
			i.askLocked()
		}
		i.mu.Unlock()
		if holds {
			i.client.askToken()
		}
	})
	i.timers.ask = timer
}

// lapse ends the identity, and the session within lapseTime.
func (i *sessionIdentity) lapse(e *tunnel.CloseError) {
	i.mu.Lock()
	if i.isOver {
		i.mu.Unlock()
		return
	}
	i.isOver = true
	i.timers.stop()
	i.timers.finish = time.AfterFunc(lapseTime, func() { i.client.abort(e) })
	i.mu.Unlock()
	i.bridge.log.Info("identity ended", "remote", i.remote, "identity", i.current().Name, "reason", e.Reason)
	i.client.goAway(e) // first, so that the client opens its next streams in another session
	i.end(e)
	i.client.finish(e)
}

// revoke ends the identity if pick picks it.
func (i *sessionIdentity) revoke(pick func(Identity) bool) {
	i.mu.Lock()
	who, known := i.who, i.isKnown
	i.mu.Unlock()
	if known && pick(who) {
		i.lapse(errRevoked)
	}
}
