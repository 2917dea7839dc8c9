package allowance

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestABurstAndThenARate(t *testing.T) {
	const burst, every = 3, 2 * time.Second
	synctest.Test(t, func(t *testing.T) {
		var a Allowance
		take := func(want int) {
			t.Helper()
			got := 0
			for range 10 {
				if a.Take(burst, every) {
					got++
				}
			}
			if got != want {
				t.Errorf("%d were allowed, %d were expected", got, want)
			}
		}
		if !a.IsFull() {
			t.Error("an unused one isn't full")
		}
		take(burst)
		if a.IsFull() {
			t.Error("a used one is full")
		}
		time.Sleep(every)
		take(1)
		time.Sleep(every - time.Nanosecond)
		take(0)
		time.Sleep(10 * every)
		if !a.IsFull() {
			t.Error("it isn't full after a while")
		}
		take(burst)
	})
}
