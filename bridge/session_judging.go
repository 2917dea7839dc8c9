package bridge

import (
	"context"
	"time"

	"github.com/kafkaio/kafkaio/internal/clientid"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// judgeLocked has a token judged, after the one that is being judged. Of those that wait, the last counts.
func (i *sessionIdentity) judgeLocked(token string) {
	if !i.isBusy {
		i.isBusy = true
		i.judging.Go(func() { i.judge(token) })
		return
	}
	if i.next != nil {
		i.bridge.memory.Give(int64(len(*i.next)))
	}
	i.next = &token
}

// judge judges a token, and those that come meanwhile.
func (i *sessionIdentity) judge(token string) {
	for {
		i.take(token)
		i.bridge.memory.Give(int64(len(token)))
		i.mu.Lock()
		next := i.next
		i.next = nil
		isOver := i.isOver
		i.isBusy = next != nil && !isOver
		i.mu.Unlock()
		if next == nil {
			return
		}
		if isOver {
			i.bridge.memory.Give(int64(len(*next)))
			return
		}
		token = *next
	}
}

// take makes the identity of a token the session's, or refuses the token.
func (i *sessionIdentity) take(token string) {
	ctx, cancel := context.WithTimeout(i.ctx, authorizeTime)
	defer cancel()
	// Authorize may ignore ctx, and return a good identity later.
	inTime := context.AfterFunc(ctx, func() { i.refuse(errSlow) })
	for {
		revocations := i.bridge.revocations.Load()
		who, err := i.bridge.config.Authorize(ctx, i.request, token)
		if err != nil {
			refusal := unauthorized(causeText(err))
			if ctx.Err() != nil { // Authorize may see it before inTime's function runs
				refusal = errSlow
			}
			if inTime() {
				i.refuse(refusal)
			}
			return
		}
		i.mu.Lock()
		if revocations == i.bridge.revocations.Load() {
			refusal := i.takeLocked(who)
			i.mu.Unlock()
			if inTime(); refusal != nil {
				i.refuse(refusal)
			}
			return
		}
		i.mu.Unlock() // Authorize may have let in one who has been revoked since
	}
}

// refuse tells the client that its token isn't good. It ends a session that has no identity yet. Otherwise the
// session keeps the one it has, unless the token is another's: then the client is no longer who it was.
func (i *sessionIdentity) refuse(e *tunnel.CloseError) {
	i.mu.Lock()
	if i.isOver {
		i.mu.Unlock()
		return
	}
	i.isOver = !i.isKnown || e == errOtherName
	ends := i.isOver
	if !ends {
		i.refused = e
	} else {
		i.timers.stop()
	}
	i.mu.Unlock()
	i.bridge.log.Warn("refused", "remote", i.remote, "identity", i.current().Name, "reason", "token")
	if !ends {
		i.client.refuseToken(e)
		return
	}
	i.end(e) // first: it is what await returns
	i.client.abort(e)
}

func (i *sessionIdentity) takeLocked(who Identity) *tunnel.CloseError {
	switch {
	case i.isOver: // it comes too late
		return nil
	case !who.Expires.IsZero() && !time.Now().Before(who.Expires):
		return errExpired
	case i.isKnown && who.Name != i.who.Name:
		return errOtherName
	}
	if err := clientid.CheckIdentity(who.Name); err != nil {
		return unauthorized(err.Error())
	}
	if !i.bridge.memory.Take(int64(len(who.Token))) {
		return errTokenMemory
	}
	i.bridge.memory.Give(int64(len(i.who.Token)))
	i.who, i.refused = who, nil
	if !i.isKnown {
		i.isKnown = true
		close(i.known)
	}
	i.timers.stop()
	if !who.Expires.IsZero() {
		i.expireLocked()
		i.askLocked()
	}
	return nil
}
