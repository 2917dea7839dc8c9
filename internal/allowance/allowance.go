// Package allowance bounds how often something may happen.
package allowance

import "time"

// An Allowance is what one source has used. Its zero value has used nothing. It is not safe for concurrent use.
type Allowance struct {
	paid time.Time // up to when it has used what it may
}

// Take reports whether the source may do something now: burst times at once, and then once in each interval.
func (a *Allowance) Take(burst int, every time.Duration) bool {
	now := time.Now()
	if a.paid.Before(now) {
		a.paid = now
	}
	next := a.paid.Add(every)
	if next.Sub(now) > time.Duration(burst)*every {
		return false
	}
	a.paid = next
	return true
}

// IsFull reports whether the source has used nothing that counts any more.
func (a *Allowance) IsFull() bool { return !a.paid.After(time.Now()) }
