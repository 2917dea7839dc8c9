package bufferpool

import "testing"

func TestBuffersHaveTheirSize(t *testing.T) {
	for n, want := range map[int]int{
		0: 16 << 10, 1: 16 << 10, 16 << 10: 16 << 10, 16<<10 + 1: 32 << 10, 1 << 20: 1 << 20, 1<<20 + 1: 2 << 20,
		32 << 20: 32 << 20, 32<<20 + 1: 32<<20 + 1,
	} {
		b := Get(n)
		if Size(n) != want || cap(b) != want || len(b) != 0 {
			t.Errorf("%d: a size of %d, %d of %d bytes, want %d", n, Size(n), len(b), cap(b), want)
		}
		Put(b[:n])
		if again := Get(n); cap(again) != want || len(again) != 0 {
			t.Errorf("%d again: %d of %d bytes", n, len(again), cap(again))
		}
	}
}

// A buffer of another size than Get's would be too small for who gets it next.
func TestForeignBuffersAreDropped(t *testing.T) {
	for _, size := range []int{0, 1, 20_000, 1<<20 + 1, 64 << 20} {
		Put(make([]byte, size))
		if b := Get(size); cap(b) != Size(size) {
			t.Errorf("%d: %d bytes", size, cap(b))
		}
	}
}
