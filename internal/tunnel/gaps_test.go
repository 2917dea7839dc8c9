package tunnel

import "testing"

func TestGapsTellWhatWasSkipped(t *testing.T) {
	var g gaps
	for _, r := range [][2]uint32{{1, 1}, {2, 5}, {6, 6}, {7, 8}} {
		if err := g.add(r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range []bool{false, false, true, true, true, false, false, true, false} {
		if g.has(uint32(id)) != want {
			t.Errorf("%d: %v", id, !want)
		}
	}
	for i := uint32(10); len(g) < maxGaps; i += 2 {
		if err := g.add(i, i+1); err != nil {
			t.Fatal(err)
		}
	}
	if g.add(1<<31, 1<<31+1) == nil {
		t.Error("gaps without number are remembered")
	}
}
