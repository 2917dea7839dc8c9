package core

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A lane is one direction of a connection: who may use it now, and until when.
type lane struct {
	turn        chan struct{} // holds a token while a call has its turn
	setDeadline func(time.Time) error

	mu      sync.Mutex
	current <-chan struct{} // Done of the context that may end the call that runs; nil: none
	hooked  <-chan struct{} // Done of the context that interrupt is hooked to
	unhook  func() bool
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

// arm sets the deadline of a call that begins, and has the end of ctx interrupt it. The hook
// stays for further calls with the same context, which is what most calls have.
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

// interrupt frees a call from the stream, if it is one that current the context that ended. A
// deadline that is set after the call has gone does no harm: the next one sets its own.
func (l *lane) interrupt(done <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == done {
		l.setDeadline(longAgo) // fails only of a closed stream, which holds nobody
	}
}

var longAgo = time.Unix(1, 0)

// close lets go of the context.
func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.unhook != nil {
		l.unhook()
	}
}
