package bridge

import "sort"

// HeldMemory returns how many bytes of MaxMemory all sessions hold together.
func (b *Bridge) HeldMemory() int64 {
	least := sort.Search(defaultMemory, func(held int) bool {
		free := int64(defaultMemory - held)
		if !b.memory.Take(free) {
			return false
		}
		b.memory.Give(free)
		return true
	})
	return int64(least)
}
