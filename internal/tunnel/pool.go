package tunnel

import (
	"context"
	"sync"
)

// A Pool shares one session per bridge between the connections of a client: browsers open WebSockets to
// a host one after the other, and within a session a further broker costs one message. Its zero value
// is empty.
type Pool struct {
	mu       sync.Mutex
	sessions map[string]*pooledSession
}

// A pooledSession is a session that is open or being opened.
type pooledSession struct {
	ready   chan struct{} // closed when session or err is set
	session *Session
	err     error
	waiting int // callers that wait for ready
	cancel  context.CancelFunc
}

// Session returns the session with the bridge at url, and whether the caller had to wait for it. If
// there is none, open makes one for all callers that wait; its context ends once none is left.
func (p *Pool) Session(ctx context.Context, url string, open func(context.Context) (*Session, error)) (_ *Session, isNew bool, _ error) {
	p.mu.Lock()
	s := p.sessions[url]
	if s == nil {
		s = p.open(ctx, url, open)
	}
	isNew = s.session == nil
	s.waiting++
	p.mu.Unlock()

	var gone error
	select {
	case <-s.ready:
	case <-ctx.Done():
		gone = ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.waiting--
	if gone != nil && s.session == nil && s.err == nil {
		if s.waiting == 0 {
			s.cancel()
			p.forget(url, s)
		}
		return nil, isNew, gone
	}
	return s.session, isNew, s.err
}

// Retire drops a session that takes no more streams, so that the next caller opens a new one.
func (p *Pool) Retire(url string, session *Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sessions[url]; s != nil && s.session == session {
		p.forget(url, s)
	}
}

// open starts to open a session. It is called with the lock held.
func (p *Pool) open(ctx context.Context, url string, open func(context.Context) (*Session, error)) *pooledSession {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &pooledSession{ready: make(chan struct{}), cancel: cancel}
	if p.sessions == nil {
		p.sessions = make(map[string]*pooledSession)
	}
	p.sessions[url] = s
	go func() {
		session, err := open(ctx)
		p.mu.Lock()
		s.session, s.err = session, err
		if err != nil {
			p.forget(url, s)
		}
		abandoned := s.waiting == 0 && ctx.Err() != nil
		p.mu.Unlock()
		cancel()
		close(s.ready)
		if err != nil {
			return
		}
		if abandoned {
			session.Abort(&CloseError{Code: CodeNormal})
		}
		session.Serve()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.forget(url, s)
	}()
	return s
}

func (p *Pool) forget(url string, s *pooledSession) {
	if p.sessions[url] == s {
		delete(p.sessions, url)
	}
}
