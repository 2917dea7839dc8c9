// Package bufferpool lends buffers for whole frames. A new one for each frame of 1 MiB would have the garbage
// collector run for every few of them.
package bufferpool

import (
	"math/bits"
	"sync"
)

const (
	// smallest is the capacity in bytes of the smallest buffers that are kept.
	smallest = 16 << 10
	// classes is the number of capacities, each twice the one before: the largest is 32 MiB.
	classes = 12
)

var pools [classes]sync.Pool // of *[]byte

// classOf returns the first class whose buffers have n bytes.
func classOf(n int) int {
	if n <= smallest {
		return 0
	}
	return bits.Len(uint(n-1)) - bits.Len(smallest-1)
}

// Size returns the capacity of the buffer that Get returns for n bytes.
func Size(n int) int {
	if class := classOf(n); class < classes {
		return smallest << class
	}
	return n
}

// Get returns an empty buffer with room for n bytes. What is beyond its length is undefined.
func Get(n int) []byte {
	if class := classOf(n); class < classes {
		if b, ok := pools[class].Get().(*[]byte); ok {
			return (*b)[:0]
		}
	}
	return make([]byte, 0, Size(n))
}

// Put takes back a buffer that nobody uses any more. Others than Get's are dropped.
func Put(b []byte) {
	class := classOf(cap(b))
	if class < classes && cap(b) == smallest<<class {
		pools[class].Put(&b)
	}
}
