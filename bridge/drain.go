package bridge

import (
	"context"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// quietTime is how long a broker must have sent nothing before a connection counts as idle whose frames the bridge
// doesn't know: an answer may come in parts.
const quietTime = 250 * time.Millisecond

// A leaving client has to go: its identity has ended, or the bridge stops. Its context ends then, with the
// *tunnel.CloseError that says why as its cause. Connections whose frames the bridge knows end once nothing is in
// flight.
type leaving struct {
	context.Context
	stop context.CancelCauseFunc // for a bridge that stops
}

func newLeaving(i *sessionIdentity) leaving {
	ctx, stop := context.WithCancelCause(i.lapsed)
	return leaving{ctx, stop}
}

// reason returns why the client has to go, or nil.
func (l leaving) reason() *tunnel.CloseError { return endOf(l) }

// endOf returns the *tunnel.CloseError with which a context ended, or nil.
func endOf(ctx context.Context) *tunnel.CloseError {
	e, _ := context.Cause(ctx).(*tunnel.CloseError)
	return e
}

// endAt calls end with ctx's cause once ctx ends.
func endAt(ctx context.Context, end func(*tunnel.CloseError)) (stop func()) {
	unhook := context.AfterFunc(ctx, func() { end(endOf(ctx)) })
	return func() { unhook() }
}

// An opaque connection is one whose bytes the bridge only passes on.
type opaque interface {
	// Progress returns how many bytes the broker has sent, and whether more are to come: the client's came
	// last, or it has not taken all.
	Progress() (sent int64, isBusy bool)
}

// endWhenQuiet calls end with ctx's cause once ctx has ended and nothing is in flight, as far as bytes tell: the
// broker's came last, and none came for quietTime.
func endWhenQuiet(ctx context.Context, c opaque, end func(*tunnel.CloseError)) (stop func()) {
	over := make(chan struct{})
	unhook := endAt(ctx, func(e *tunnel.CloseError) {
		looks := time.NewTicker(quietTime)
		defer looks.Stop()
		for before := int64(-1); ; {
			sent, isBusy := c.Progress()
			if sent == before && !isBusy {
				end(e)
				return
			}
			before = sent
			select {
			case <-looks.C:
			case <-over:
				return
			}
		}
	})
	return func() {
		unhook()
		close(over)
	}
}
