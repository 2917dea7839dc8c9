package core

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A contextCancelledOnLook is cancelled right after its first Err, which returns nil.
type contextCancelledOnLook struct {
	context.Context
	cancel func()
}

func (c *contextCancelledOnLook) Err() error {
	err := c.Context.Err()
	if err == nil && c.cancel != nil {
		c.cancel()
		c.cancel = nil
		synctest.Wait() // until everything that waited for the cancellation has run
	}
	return err
}

// The hook of an earlier call serves later ones with the same context, and it runs only once.
func TestCancellationWhileACallBeginsIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream("a")
		c := NewConn(s, Options{Timeout: time.Hour})
		parent, cancel := context.WithCancel(ctx)
		if _, err := c.Receive(parent, 1); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err := c.Receive(&contextCancelledOnLook{parent, cancel}, 1)
		check(t, err, ErrCannotReceive, 0, 1, context.Canceled)
		if took := time.Since(start); took != 0 {
			t.Errorf("the cancellation was noticed after %v", took)
		}
	})
}
