package core

import (
	"context"
	"errors"
	"io"
	"time"
)

// A call is one send or one receive.
type call struct {
	conn     *Conn
	lane     *lane
	ctx      context.Context
	op       string
	failure  Code // the default code
	want     int
	start    time.Time
	deadline time.Time // zero: none
}

func (c *Conn) newSend(ctx context.Context, want int) call {
	return call{conn: c, lane: &c.sending, ctx: ctx, op: "send", failure: ErrCannotSend, want: want}
}

func (c *Conn) newReceive(ctx context.Context, want int) call {
	return call{conn: c, lane: &c.receiving, ctx: ctx, op: "receive", failure: ErrCannotReceive, want: want}
}

// begin waits for the call's turn, then arms its deadline and its context. After a begin that
// succeeded, the caller must call end.
func (k *call) begin() error {
	k.start = time.Now()
	if at, ok := k.ctx.Deadline(); ok {
		k.deadline = at
		if !at.After(k.start) {
			return k.tooLate(k.timedOut(context.DeadlineExceeded))
		}
	} else if timeout := k.conn.options.Timeout; timeout > 0 {
		k.deadline = k.start.Add(timeout)
	}
	if !k.lane.tryTurn() {
		if err := k.waitTurn(); err != nil {
			return err
		}
	}
	if why := k.conn.whyClosed(); why != nil {
		k.lane.endTurn()
		return k.refused(ErrNoConnection, why)
	}
	if err := k.lane.arm(k.ctx, k.deadline); err != nil {
		defer k.lane.endTurn()
		return k.failed(0, err)
	}
	// Check ctx only now: a hook that ran before arm would not interrupt this call.
	if k.ctx.Err() != nil {
		k.lane.endTurn()
		return k.tooLate(newContextError(k.ctx, nil))
	}
	return nil
}

func (k *call) waitTurn() error {
	var timeout <-chan time.Time
	if !k.deadline.IsZero() {
		timer := time.NewTimer(time.Until(k.deadline))
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case k.lane.turn <- struct{}{}:
		// The deadline may have passed at the same moment. Starting now would only time out, and
		// so close the connection for nothing.
		if k.deadline.IsZero() || time.Now().Before(k.deadline) {
			return nil
		}
		k.lane.endTurn()
		return k.tooLate(k.timedOut(errWaited))
	case <-k.conn.closed:
		return k.refused(ErrNoConnection, k.conn.whyClosed())
	case <-k.ctx.Done():
		return k.tooLate(newContextError(k.ctx, nil))
	case <-timeout:
		return k.tooLate(k.timedOut(errWaited))
	}
}

func (k *call) end() { k.lane.endTurn() }

// refused returns the error of a call that moved no byte. The connection stays open.
func (k *call) refused(code Code, cause error) *Error { return k.err(code, 0, cause) }

// tooLate returns the error of a call whose time or context ended before its turn came. If the
// connection is closed, that is the error instead.
func (k *call) tooLate(cause error) *Error {
	if why := k.conn.whyClosed(); why != nil {
		return k.refused(ErrNoConnection, why)
	}
	return k.refused(k.failure, cause)
}

// failed closes the connection and returns the error of a call that had begun.
func (k *call) failed(done int, cause error) *Error {
	code := k.failure
	var named Code
	switch {
	case k.conn.whyClosed() != nil:
		return k.err(ErrNoConnection, done, k.conn.whyClosed())
	case errors.As(cause, &named):
		code = named
	case isTimeout(cause):
		cause = k.timedOut(cause)
	case code == ErrCannotReceive && done == 0:
		code = ErrNoConnection
	case errors.Is(cause, io.EOF):
		cause = io.ErrUnexpectedEOF
	}
	err := k.err(code, done, cause)
	k.conn.close(err)
	return err
}

// timedOut returns the cause of a call whose time ran out. If ctx has ended, the cause matches its
// error too.
func (k *call) timedOut(cause error) error {
	if _, ok := k.ctx.Deadline(); ok {
		// The stream's timer may fire a moment before the context's, for the same deadline.
		late := time.NewTimer(contextLag)
		defer late.Stop()
		select {
		case <-k.ctx.Done():
		case <-late.C:
		}
	}
	if k.ctx.Err() == nil {
		return cause
	}
	return newContextError(k.ctx, cause)
}

// contextLag bounds the wait for a context whose deadline has passed. The wait ends when the runtime
// runs the context's timer: within microseconds, unless the machine is overloaded.
const contextLag = 100 * time.Millisecond

func (k *call) err(code Code, done int, cause error) *Error {
	e := &Error{Code: code, Op: k.op, Addr: k.conn.options.Addr, Done: done, Want: k.want, Elapsed: time.Since(k.start), Err: cause}
	if !k.deadline.IsZero() {
		e.Limit = k.deadline.Sub(k.start)
	}
	return e
}

// errWaited is the timeout of a call that never got its turn.
var errWaited error = waitTimeout{}

type waitTimeout struct{}

func (waitTimeout) Error() string   { return "i/o timeout while another call was running" }
func (waitTimeout) Timeout() bool   { return true }
func (waitTimeout) Temporary() bool { return true }
