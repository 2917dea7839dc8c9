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

// A cost is what an operation takes: time that passes, and time of this process on any processor.
type cost struct {
	elapsed   time.Duration
	processor time.Duration // 0 where the system doesn't tell
}

const (
	rounds = 15
	// turn is about how long a contender works before the next has its turn.
	turn = 60 * time.Millisecond
)

// measure returns the median time of one operation for each contender, in their order.
func measure(atLeast int, contenders []contender) ([]time.Duration, error) {
	costs, err := measureCosts(atLeast, contenders)
	if err != nil {
		return nil, err
	}
	times := make([]time.Duration, len(costs))
	for i, c := range costs {
		times[i] = c.elapsed
	}
	return times, nil
}

// measureCosts lets the contenders take turns, as many operations each as fill one but at least so
// many, and returns the medians of what one operation costs each, in their order. A contender's
// processor time is all that this process used in its turns, so its servers have to be in it.
func measureCosts(atLeast int, contenders []contender) ([]cost, error) {
	operations := make([]int, len(contenders))
	for i, c := range contenders {
		for n := atLeast; ; n *= 2 {
			took, err := c.run(n)
			if err != nil {
				return nil, err
			}
			if took.elapsed >= turn/2 {
				operations[i] = max(atLeast, int(float64(n)*float64(turn)/float64(took.elapsed)))
				break
			}
		}
	}
	elapsed, processor := make([][]time.Duration, len(contenders)), make([][]time.Duration, len(contenders))
	for round := range rounds {
		for i := range contenders {
			c := (i + round) % len(contenders)
			took, err := contenders[c].run(operations[c])
			if err != nil {
				return nil, err
			}
			elapsed[c] = append(elapsed[c], took.elapsed/time.Duration(operations[c]))
			processor[c] = append(processor[c], took.processor/time.Duration(operations[c]))
		}
	}
	medians := make([]cost, len(contenders))
	for i := range medians {
		medians[i] = cost{median(elapsed[i]), median(processor[i])}
	}
	return medians, nil
}

func (c contender) run(n int) (cost, error) {
	start, used := time.Now(), processorTime()
	if err := c.do(n); err != nil {
		return cost{}, fmt.Errorf("%s: %w", c.name, err)
	}
	return cost{time.Since(start), processorTime() - used}, nil
}

// median sorts x.
func median[T ~int64 | ~float64](x []T) T {
	slices.Sort(x)
	return x[len(x)/2]
}

func ratio(a, b float64) string { return fmt.Sprintf("%.2f ×", a/b) }

func megabytes(bytes int, d time.Duration) float64 {
	return float64(bytes) / 1e6 / d.Seconds()
}
