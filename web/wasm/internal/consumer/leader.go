package consumer

import (
	"context"
	"slices"
	"time"
)

// serve reads a leader's partitions until it has none.
func (c *Consumer) serve(ctx context.Context, leader int32) {
	failures, size := 0, firstFetch
	for turn := 0; ; turn++ {
		w := c.nextWork(leader, turn, min(size, c.maxFetch()))
		var err error
		switch {
		case w.none:
			return
		case len(w.locate) > 0:
			err = c.locateAll(ctx, leader, w.locate)
		case len(w.fetch) > 0:
			asked := time.Now()
			var empty bool
			empty, err = c.fetch(ctx, leader, w.fetch, w.size)
			took := time.Since(asked)
			size = nextSize(w.size, took)
			if empty && took < fastFetch { // a broker should have waited
				waitFor(ctx, nil, asked.Add(fetchWait))
			}
		default:
			if !waitFor(ctx, w.changed, w.retryAt) {
				return
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			failures = 0
			continue
		}
		failures++
		c.Trouble(err)
		c.refresh()
		if !waitFor(ctx, nil, time.Now().Add(c.config.Backoff(failures))) {
			return
		}
	}
}

// A work is what a leader is to be asked next.
type work struct {
	none    bool // it leads no partition
	locate  []target
	fetch   []target // there is room for what comes
	size    int      // of that room
	changed <-chan struct{}
	retryAt time.Time // when there may be work even if nothing changes; zero: never
}

// A target is a partition as it is when a request is made.
type target struct {
	*partition
	id         [16]byte
	generation int
	offset     int64
	epoch      int32 // partition.leaderEpoch
	lastEpoch  int32 // partition.lastEpoch, if the offset is partition.next; else -1
}

// at returns the partition as it is now, with an offset. The caller holds the Consumer's mu.
func (p *partition) at(offset int64) target {
	return target{p, p.topic.id, p.generation, offset, p.leaderEpoch, -1}
}

// nextWork returns a leader's work, and reserves room of a size for what it fetches. Turns begin with another
// partition each.
func (c *Consumer) nextWork(leader int32, turn, size int) work {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := work{none: true, size: size, changed: c.changed}
	now := time.Now()
	for _, p := range c.partitions {
		if p.leader != leader {
			continue
		}
		w.none = false
		t := p.at(p.next)
		t.lastEpoch = p.lastEpoch
		switch {
		case p.held:
		case p.retryAt.After(now):
			if w.retryAt.IsZero() || p.retryAt.Before(w.retryAt) {
				w.retryAt = p.retryAt
			}
		case !p.located:
			w.locate = append(w.locate, t)
		case !p.paused && p.next < p.limit:
			w.fetch = append(w.fetch, t)
		}
	}
	if w.none {
		delete(c.leaders, leader)
	}
	if len(w.locate) > 0 {
		return w
	}
	if c.buffered > 0 && c.buffered+size > c.options.MaxBufferedBytes {
		w.fetch = nil
	} else if len(w.fetch) > 0 {
		c.buffered += size
		slices.SortFunc(w.fetch, func(a, b target) int { return a.Compare(b.TopicPartition) })
		first := turn % len(w.fetch)
		w.fetch = append(w.fetch[first:], w.fetch[:first]...)
	}
	return w
}

// waitFor waits for a change or a time; zero: none. It returns false if ctx ended.
func waitFor(ctx context.Context, changed <-chan struct{}, until time.Time) bool {
	var due <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(time.Until(until))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-changed:
	case <-due:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
