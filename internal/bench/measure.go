package main

import (
	"fmt"
	"slices"
	"time"
)

// A contender does something n times.
type contender struct {
	name string
	do   func(n int) error
}

const rounds = 15

// measure lets the contenders take turns, n operations each, and returns the median time of one
// operation for each, in their order.
func measure(n int, contenders []contender) ([]time.Duration, error) {
	times := make([][]time.Duration, len(contenders))
	for round := range rounds + 1 {
		for i := range contenders {
			c := (i + round) % len(contenders)
			start := time.Now()
			if err := contenders[c].do(n); err != nil {
				return nil, fmt.Errorf("%s: %w", contenders[c].name, err)
			}
			if round > 0 { // the first one warms up
				times[c] = append(times[c], time.Since(start)/time.Duration(n))
			}
		}
	}
	medians := make([]time.Duration, len(contenders))
	for i, t := range times {
		slices.Sort(t)
		medians[i] = t[len(t)/2]
	}
	return medians, nil
}

func ratio(a, b float64) string { return fmt.Sprintf("%.2f ×", a/b) }

func megabytes(bytes int, d time.Duration) float64 {
	return float64(bytes) / 1e6 / d.Seconds()
}
