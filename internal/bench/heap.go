package main

import "runtime"

// held returns the bytes of heap and of stacks that are in use. Stacks shrink by half, and pools
// give up what they keep, with each collection.
func held() int64 {
	var m runtime.MemStats
	for range 6 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }
