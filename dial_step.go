package kafkaio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

func (d *Dialer) stepTimeout() time.Duration    { return orElse(d.Timeout, DefaultTimeout) }
func (d *Dialer) resolveTimeout() time.Duration { return orElse(d.ResolveTimeout, d.stepTimeout()) }

func orElse(timeout, otherwise time.Duration) time.Duration {
	if timeout == 0 {
		return otherwise
	}
	return timeout
}

// withStepTimeout returns a context for a step of dialling. If timeout ends it, its cause is a
// stepTimeoutError.
func withStepTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout == NoTimeout {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, timeout, stepTimeoutError(timeout))
}

// abandonable calls f, and returns when f does or when ctx ends. If ctx ends first, f goes on in its
// goroutine, and discard gets its result.
func abandonable[T any](ctx context.Context, f func() (T, error), discard func(T)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result)
	go func() {
		value, err := f()
		select {
		case done <- result{value, err}:
		case <-ctx.Done():
			if err == nil {
				discard(value)
			}
		}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

// A stepError says which step of dialling failed.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// Step lets the client of the npm package tell a broker that is silent in "secure" from a bridge that is.
func (e *stepError) Step() string { return e.step }

// Timeout and Temporary let net.OpError, which asks its cause, answer for net.Error.
func (e *stepError) Timeout() bool   { return isTimeout(e.err) }
func (e *stepError) Temporary() bool { return isTemporary(e.err) }

func isTimeout(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && t.Timeout()
}

func isTemporary(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](err)
	return ok && t.Temporary()
}

// A stepTimeoutError is a step that took longer than its timeout, which is the error's value.
type stepTimeoutError time.Duration

func (e stepTimeoutError) Error() string {
	return fmt.Sprintf("no answer within %v", time.Duration(e))
}

func (e stepTimeoutError) Timeout() bool   { return true }
func (e stepTimeoutError) Temporary() bool { return true }

// Is makes the error match the timeouts of sockets and of contexts.
func (e stepTimeoutError) Is(target error) bool {
	return target == os.ErrDeadlineExceeded || target == context.DeadlineExceeded
}
