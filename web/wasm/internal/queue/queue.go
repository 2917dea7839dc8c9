// Package queue passes items from goroutines that must not wait to one that does.
package queue

import (
	"context"
	"sync"
)

// A Queue keeps items in their order until they are taken.
type Queue[T any] struct {
	most int
	came chan struct{} // has room for one: there may be an item

	mu    sync.Mutex
	items []T
}

// New returns a Queue that keeps the newest items, at most so many. 0: all.
func New[T any](most int) *Queue[T] {
	return &Queue[T]{most: most, came: make(chan struct{}, 1)}
}

// Put adds an item. It never waits.
func (q *Queue[T]) Put(item T) {
	q.mu.Lock()
	if q.most > 0 && len(q.items) == q.most {
		q.first()
	}
	q.items = append(q.items, item)
	q.mu.Unlock()
	select {
	case q.came <- struct{}{}:
	default:
	}
}

// Take takes the oldest item, and waits for one until ctx ends. Only one goroutine at a time may take.
func (q *Queue[T]) Take(ctx context.Context) (T, error) {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			item := q.first()
			q.mu.Unlock()
			return item, nil
		}
		q.mu.Unlock()
		select {
		case <-q.came:
		case <-ctx.Done():
			var none T
			return none, context.Cause(ctx)
		}
	}
}

// first takes the oldest item out, and lets go of it. The caller holds mu.
func (q *Queue[T]) first() T {
	item := q.items[0]
	clear(q.items[:1])
	q.items = q.items[1:]
	return item
}
