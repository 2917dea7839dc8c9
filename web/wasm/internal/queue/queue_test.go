package queue

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"weak"
)

func TestItemsComeInTheirOrder(t *testing.T) {
	for _, row := range []struct {
		most int
		want []int
	}{{0, []int{1, 2, 3}}, {2, []int{2, 3}}} {
		q := New[int](row.most)
		for i := range 3 {
			q.Put(i + 1)
		}
		for _, want := range row.want {
			if got, err := q.Take(t.Context()); got != want || err != nil {
				t.Errorf("at most %d: %d, %v, want %d", row.most, got, err, want)
			}
		}
	}
}

func TestTakeWaits(t *testing.T) {
	q := New[string](0)
	go q.Put("came")
	if got, err := q.Take(t.Context()); got != "came" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if _, err := q.Take(ctx); err != gone {
		t.Errorf("%v, want %v", err, gone)
	}
}

// TestWhatWasTakenIsLetGo holds for items as large as the bytes of a call of produce.
func TestWhatWasTakenIsLetGo(t *testing.T) {
	q := New[*[1 << 20]byte](0)
	q.Put(new([1 << 20]byte))
	item, err := q.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	taken := weak.Make(item)
	item = nil
	runtime.GC()
	if taken.Value() != nil {
		t.Error("the queue keeps what was taken")
	}
	runtime.KeepAlive(q)
}
