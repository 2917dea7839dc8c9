package bridge

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/allowance"
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
