package client

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// tokenTime bounds a call of the page's token function, which may ask a person to log in.
const tokenTime = 2 * time.Minute

// Why a token is wanted.
const (
	whyConnect  = "connect"  // for a new connection to the bridge
	whyExpiring = "expiring" // the bridge asks for one in time
	whyRefused  = "refused"  // the bridge refused the last one
)

// A tokenSource calls the page's token function, at most once at a time. A Dialer waits briefly for a token,
// and gives up. So a call goes on without who wanted its token, which the next one gets.
type tokenSource struct {
	ctx context.Context // of the client, until its members have left their groups
	ask func(ctx context.Context, why string) (string, error)

	mu      sync.Mutex
	why     string        // of the next call
	used    string        // why the last token that was taken was wanted
	pending *pendingToken // nil: there is none whose token wasn't taken
}

type pendingToken struct {
	why   string
	done  chan struct{} // closed once token and err are set
	token string
	err   error
}

// wantedFor says why the next token will be wanted. Until it says so again, a second token for a new
// connection is wanted because the first was refused: a Dialer makes several attempts by itself.
func (s *tokenSource) wantedFor(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.why = why
}

// hasReplaced reports whether the last token that was taken had been wanted because one was refused.
func (s *tokenSource) hasReplaced() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used == whyRefused
}

// prepare waits until a token is there for the next get, or has failed.
func (s *tokenSource) prepare(ctx context.Context) error {
	p := s.call()
	select {
	case <-p.done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if p.err != nil {
		s.taken(p)
	}
	return p.err
}

// get returns a token. Each is returned once.
func (s *tokenSource) get(ctx context.Context) (string, error) {
	p := s.call()
	select {
	case <-p.done:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	s.taken(p)
	return p.token, p.err
}

// call returns the call that runs or whose token nobody has taken, or else a new one.
func (s *tokenSource) call() *pendingToken {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil {
		p := &pendingToken{why: s.why, done: make(chan struct{})}
		s.pending = p
		if s.why == whyConnect {
			s.why = whyRefused
		}
		go func() {
			defer close(p.done)
			ctx, cancel := context.WithTimeoutCause(s.ctx, tokenTime, errTokenSlow)
			defer cancel()
			p.token, p.err = s.ask(ctx, p.why)
		}()
	}
	return s.pending
}

var errTokenSlow = fmt.Errorf("the token function did not return within %v: %w", tokenTime, context.DeadlineExceeded)

func (s *tokenSource) taken(p *pendingToken) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == p {
		s.pending, s.used = nil, p.why
	}
}

// askToken calls the page's token function.
func (c *client) askToken(ctx context.Context, why string) (string, error) {
	return c.askString(ctx, "token", why)
}
