package bridge

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/allowance"
	"github.com/kafkaio/kafkaio/internal/clientid"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// authorizeTime is how long Authorize has.
	authorizeTime = 10 * time.Second
	// A session may send authBurst tokens at once, and then one in each authEvery.
	authBurst = 8
	authEvery = time.Second
	// lapseTime is what requests in flight have once the identity has ended.
	lapseTime = 30 * time.Second
)

var (
	errExpired   = unauthorized("it has expired")
	errRevoked   = unauthorized("it was revoked")
	errOtherName = unauthorized("it is another identity's than the session's")
	errSlow      = unauthorized("nobody could say in time whether it is good")
	errManyAuths = &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: "token: the session sends more of them than it may"}

	errTokenMemory = &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: tunnel.ReasonMemory + ": the bridge has none left for a token"}
)

func unauthorized(why string) *tunnel.CloseError {
	return &tunnel.CloseError{Code: tunnel.CodeUnauthorized, Reason: "token: " + why}
}

// A sessionIdentity is who the client of a session is, and for how long. It calls Authorize in a goroutine
// of its own, so that the one that reads the WebSocket never waits for it.
type sessionIdentity struct {
	bridge  *Bridge
	client  client
	remote  string        // address, for the log
	request *http.Request // for Authorize; nil where there is none

	// targets and topicNames ask the cluster with the credentials of this identity if Config.AskAsUser says so.
	targets    *targets
	topicNames *topicNames

	// ctx ends with the session, and Authorize with it.
	ctx    context.Context
	cancel context.CancelFunc
	// lapsed ends once the identity has ended. Its cause is the *tunnel.CloseError that says why.
	lapsed context.Context
	end    context.CancelCauseFunc

	judging sync.WaitGroup

	mu      sync.Mutex
	known   chan struct{} // closed with the first identity
	who     Identity
	isKnown bool
	refused *tunnel.CloseError  // why the last token was refused; nil: it wasn't
	isOver  bool                // the identity has ended, or the session
	isBusy  bool                // a goroutine calls Authorize
	next    *string             // the token that it judges next
	tokens  allowance.Allowance // of tokens that the session may send
	timers  authTimers          // of the identity that holds
}

// newSessionIdentity returns the identity of c, which isn't known yet if the bridge has an Authorize.
func newSessionIdentity(b *Bridge, c client, r *http.Request) *sessionIdentity {
	i := &sessionIdentity{
		bridge: b, client: c, remote: r.RemoteAddr, known: make(chan struct{}),
		targets: b.targets, topicNames: b.topicNames,
	}
	if b.config.AskAsUser {
		i.targets = b.targets.as(i.current)
		i.topicNames = b.targets.topicNamesFor(i.current, b.topicNames.known, b.log)
	}
	i.ctx, i.cancel = context.WithCancel(context.Background())
	i.lapsed, i.end = context.WithCancelCause(context.Background())
	if b.config.Authorize == nil {
		i.isKnown = true
		close(i.known)
	} else {
		i.request = r // which is held for it alone
	}
	return i
}

// close ends what runs for the session, and waits for that.
func (i *sessionIdentity) close() {
	i.mu.Lock()
	i.isOver = true
	i.timers.stop()
	i.mu.Unlock()
	i.cancel()
	i.judging.Wait()
	i.bridge.memory.Give(int64(len(i.current().Token)))
}

// current returns the identity that holds, or held last.
func (i *sessionIdentity) current() Identity {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.who
}

// present takes a token of the client. It returns why the session must end at once, or nil; whether the
// token is good turns out later.
func (i *sessionIdentity) present(token string) *tunnel.CloseError {
	if i.request == nil {
		return nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.isOver:
		return nil
	case !i.tokens.Take(authBurst, authEvery):
		return errManyAuths
	case !i.bridge.memory.Take(int64(len(token))):
		return errTokenMemory
	}
	i.judgeLocked(token)
	return nil
}

// require has the client judged without a token if it has sent none.
func (i *sessionIdentity) require() {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.isOver:
	case !i.isKnown && !i.isBusy:
		i.judgeLocked("")
	case i.hasExpired(): // the timer comes
		go i.expire()
	}
}

// await waits until the identity is known. It returns why the client may not go on, or nil.
func (i *sessionIdentity) await(ctx context.Context) *tunnel.CloseError {
	select {
	case <-i.known:
	case <-i.lapsed.Done():
	case <-ctx.Done():
		if refusal := i.refusal(); refusal != nil {
			return refusal
		}
		return &tunnel.CloseError{Code: tunnel.CodeTimeout, Reason: "timeout: nobody could say in time whether the token is good"}
	}
	return i.refusal()
}

// refusal returns why the identity has ended, or nil.
func (i *sessionIdentity) refusal() *tunnel.CloseError {
	return endOf(i.lapsed)
}

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
		i.isBusy = next != nil && !i.isOver
		goesOn := i.isBusy
		i.mu.Unlock()
		switch {
		case goesOn:
			token = *next
		case next != nil:
			i.bridge.memory.Give(int64(len(*next)))
			return
		default:
			return
		}
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
			if inTime() {
				i.refuse(unauthorized(causeText(err)))
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
