package core

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A lane is one direction of a connection. It lets one call in at a time, and sets that call's deadline.
type lane struct {
	turn        chan struct{} // holds a token while a call runs
	setDeadline func(time.Time) error

	mu      sync.Mutex
	current <-chan struct{} // ctx.Done() of the running call; nil if it can't be cancelled
	hooked  <-chan struct{} // ctx.Done() of the context whose end calls interrupt
	unhook  func() bool     // releases that context
	closed  bool
}

func (l *lane) init(setDeadline func(time.Time) error) {
	l.turn = make(chan struct{}, 1)
	l.setDeadline = setDeadline
}

func (l *lane) tryTurn() bool {
	select {
	case l.turn <- struct{}{}:
		return true
	default:
		return false
	}
}

func (l *lane) endTurn() { <-l.turn }

// arm prepares a call: it sets the deadline, and hooks interrupt to the end of ctx. The hook stays
// for later calls, because most of them pass the same context.
func (l *lane) arm(ctx context.Context, deadline time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.setDeadline(deadline); err != nil {
		return fmt.Errorf("the stream takes no deadline: %w", err)
	}
	l.current = ctx.Done()
	if l.current == nil || l.current == l.hooked || l.closed {
		return nil
	}
	if l.unhook != nil {
		l.unhook()
	}
	done := l.current
	l.hooked = done
	l.unhook = context.AfterFunc(ctx, func() { l.interrupt(done) })
	return nil
}

// interrupt unblocks the running call, if done is its context's. If the call has just returned, the
// deadline set here does no harm: the next call sets its own.
func (l *lane) interrupt(done <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == done {
		l.setDeadline(longAgo) // it fails only on a closed stream, which blocks nobody
	}
}

var longAgo = time.Unix(1, 0)

// close releases the context.
func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.unhook != nil {
		l.unhook()
	}
}
