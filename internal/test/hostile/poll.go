package hostile

import (
	"testing"
	"time"
)

const (
	pollEvery = 10 * time.Millisecond
	pollLimit = 30 * time.Second
	quietTime = 500 * time.Millisecond
)

// Eventually waits until a condition holds, and fails the test if it doesn't within 30 s.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(pollLimit); !holds(); time.Sleep(pollEvery) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", pollLimit, what)
		}
	}
}

// Settled waits until a figure has not changed for half a second, at most 30 s, and returns it.
func Settled(figure func() int64) int64 {
	last, since := figure(), time.Now()
	for end := since.Add(pollLimit); time.Since(since) < quietTime && time.Now().Before(end); time.Sleep(pollEvery) {
		if now := figure(); now != last {
			last, since = now, time.Now()
		}
	}
	return last
}
