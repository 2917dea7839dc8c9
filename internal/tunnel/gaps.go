package tunnel

import (
	"fmt"
	"slices"
)

// gaps holds the stream ids that a client skipped. A message for one of them breaks the rules; one for
// a closed stream may have been on its way.
type gaps []gap

// A gap is the ids from first to the one before end.
type gap struct{ first, end uint32 }

// maxGaps bounds what a session remembers of them.
const maxGaps = 1024

// add notes the ids from first to the one before end, all higher than those before.
func (g *gaps) add(first, end uint32) error {
	if first == end {
		return nil
	}
	if len(*g) == maxGaps {
		return fmt.Errorf("OPEN of stream %d skips ids for the %dth time, at most %d are remembered", end, maxGaps+1, maxGaps)
	}
	*g = append(*g, gap{first, end})
	return nil
}

func (g gaps) has(id uint32) bool {
	_, found := slices.BinarySearchFunc(g, id, func(e gap, id uint32) int {
		switch {
		case id < e.first:
			return 1
		case id >= e.end:
			return -1
		}
		return 0
	})
	return found
}
