package happyeyeballs

import (
	"context"
	"errors"
	"time"
)

// attemptDelay is the "Connection Attempt Delay" of RFC 8305 section 5.
const attemptDelay = 250 * time.Millisecond

// ErrOvertaken is the error of an attempt that was still running when another succeeded.
var ErrOvertaken = errors.New("overtaken by another attempt")

// Overlap makes the attempts 0 to n-1 in order, until one succeeds. An attempt starts at once when
// one has failed, and otherwise 250 ms after the previous one started, or sooner if ctx's deadline
// leaves less time for each.
//
// It returns the value and the index of the first attempt that succeeds. If all fail or ctx ends, the
// index is -1. errs has the error of each attempt that was started: nil for the winner, ErrOvertaken
// for those still running then, ctx's cause for those still running when ctx ended.
//
// When Overlap returns, it cancels the attempts still running, and doesn't wait for them. If one
// succeeds nevertheless, discard gets its value.
func Overlap[T any](ctx context.Context, n int, attempt func(ctx context.Context, i int) (T, error), discard func(T)) (value T, winner int, errs []error) {
	delay := attemptDelay
	if at, ok := ctx.Deadline(); ok {
		delay = min(delay, max(time.Until(at), 0)/time.Duration(n+1))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	type result struct {
		index int
		value T
		err   error
	}
	results := make(chan result)
	running := 0
	start := func() {
		i := len(errs)
		errs = append(errs, ErrOvertaken)
		running++
		go func() {
			v, err := attempt(ctx, i)
			select {
			case results <- result{i, v, err}:
			case <-ctx.Done():
				if err == nil {
					discard(v)
				}
			}
		}()
	}
	next := time.NewTimer(delay)
	defer next.Stop()
	if n > 0 {
		start()
	}
	for running > 0 {
		var more <-chan time.Time
		if len(errs) < n {
			more = next.C
		}
		select {
		case r := <-results:
			errs[r.index] = r.err
			if r.err == nil {
				return r.value, r.index, errs
			}
			running--
			if len(errs) < n {
				start()
				next.Reset(delay)
			}
		case <-more:
			start()
			next.Reset(delay)
		case <-ctx.Done():
			for i, err := range errs {
				if err == ErrOvertaken {
					errs[i] = context.Cause(ctx)
				}
			}
			return value, -1, errs
		}
	}
	return value, -1, errs
}
