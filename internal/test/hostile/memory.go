package hostile

import (
	"fmt"
	"runtime"
)

// Memory is what this process holds, in bytes, just after a collection.
type Memory struct {
	Heap   int64 // live objects
	Inuse  int64 // spans with live objects
	Stacks int64
}

// ReadMemory collects garbage and measures. Twice: what sync.Pool keeps survives one collection.
func ReadMemory() Memory {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return Memory{int64(m.HeapAlloc), int64(m.HeapInuse), int64(m.StackInuse)}
}

// SettledMemory is ReadMemory once the heap stays as it is: while bytes move, buffers that are already free
// count, too.
func SettledMemory() Memory {
	Settled(func() int64 { return ReadMemory().Heap >> 20 })
	return ReadMemory()
}

// Since is what was added since an earlier measurement.
func (m Memory) Since(before Memory) Memory {
	return Memory{m.Heap - before.Heap, m.Inuse - before.Inuse, m.Stacks - before.Stacks}
}

// Per is the share of one of n.
func (m Memory) Per(n int) Memory {
	return Memory{m.Heap / int64(n), m.Inuse / int64(n), m.Stacks / int64(n)}
}

// String tells the figures.
func (m Memory) String() string {
	kib := func(n int64) string { return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10)) }
	return fmt.Sprintf("heap %s (in use %s), stacks %s", kib(m.Heap), kib(m.Inuse), kib(m.Stacks))
}
