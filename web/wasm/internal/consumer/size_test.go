package consumer

import (
	"testing"
	"time"
)

func TestFetchesAreAsLargeAsTheWayIsFast(t *testing.T) {
	for _, test := range []struct {
		size int
		took time.Duration
		want int
	}{
		{firstFetch, 10 * time.Millisecond, 2 * firstFetch},
		{mostFetch, 10 * time.Millisecond, mostFetch},
		{firstFetch, fetchWait, firstFetch},
		{firstFetch, 2 * time.Second, firstFetch / 2},
		{leastFetch, time.Minute, leastFetch},
	} {
		if got := nextSize(test.size, test.took); got != test.want {
			t.Errorf("%d bytes took %v: then %d, want %d", test.size, test.took, got, test.want)
		}
	}
}
