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

const (
	rounds = 15
	// turn is about how long a contender works before the next has its turn.
	turn = 60 * time.Millisecond
)

// measure lets the contenders take turns, as many operations each as fill one but at least so many,
// and returns the median time of one operation for each, in their order.
func measure(atLeast int, contenders []contender) ([]time.Duration, error) {
	operations := make([]int, len(contenders))
	for i, c := range contenders {
		for n := atLeast; ; n *= 2 {
			took, err := c.run(n)
			if err != nil {
				return nil, err
			}
			if took >= turn/2 {
				operations[i] = max(atLeast, int(float64(n)*float64(turn)/float64(took)))
				break
			}
		}
	}
	times := make([][]time.Duration, len(contenders))
	for round := range rounds {
		for i := range contenders {
			c := (i + round) % len(contenders)
			took, err := contenders[c].run(operations[c])
			if err != nil {
				return nil, err
			}
			times[c] = append(times[c], took/time.Duration(operations[c]))
		}
	}
	medians := make([]time.Duration, len(contenders))
	for i, t := range times {
		slices.Sort(t)
		medians[i] = t[len(t)/2]
	}
	return medians, nil
}

func (c contender) run(n int) (time.Duration, error) {
	start := time.Now()
	if err := c.do(n); err != nil {
		return 0, fmt.Errorf("%s: %w", c.name, err)
	}
	return time.Since(start), nil
}

func ratio(a, b float64) string { return fmt.Sprintf("%.2f ×", a/b) }

func megabytes(bytes int, d time.Duration) float64 {
	return float64(bytes) / 1e6 / d.Seconds()
}
