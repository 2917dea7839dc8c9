package consumer

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
)

// A location is where a partition is read from, and what a broker has of it.
type location struct {
	first, start, end int64
	limit             int64 // where reading ends
}

// A search is for a partition's location.
type search struct {
	target
	from    Position
	until   *Until
	untilAt *int64

	location
	stored    int64 // the end, with records of open transactions
	timestamp int64 // of the record that the leader found last; -1: none
	err       error
}

// maxSearches bounds those for last records that run at the same time.
const maxSearches = 8

// locateAll finds where a leader's partitions are read from.
func (c *Consumer) locateAll(ctx context.Context, leader int32, targets []target) error {
	searches := make([]*search, len(targets))
	c.mu.Lock()
	for i, t := range targets {
		searches[i] = &search{target: t, from: t.from, until: t.until, untilAt: t.untilAt}
	}
	c.mu.Unlock()
	err := c.search(ctx, leader, searches)
	if _, ok := errors.AsType[*Error](err); err != nil && !ok { // else it is of a partition, and in its search
		return err
	}
	for _, s := range searches {
		if s.err != nil {
			c.partitionFailed(s.partition, s.err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range searches {
		if p := s.partition; s.err == nil && p.generation == s.generation && !p.located {
			before := p.position
			p.moveTo(s.location, s.from)
			if s.from.kind == kept && before > s.stored {
				c.queueLoss(p, s.stored, before)
			}
		}
	}
	c.change()
	return nil
}

// moveTo has a partition read from a location. The caller holds the Consumer's mu.
func (p *partition) moveTo(l location, from Position) {
	next := l.first
	if from.kind != kept {
		p.position, p.limit = l.first, l.limit
	} else if from.n > l.first { // the broker has lost the end, and what comes is new
		p.generation++ // what is queued may be lost
		p.position = min(p.position, l.first)
		next = max(p.position, l.start)
	}
	p.next, p.lastEpoch, p.start, p.end = next, -1, l.start, l.end
	p.sentEpoch = -1
	p.located = true
	if from.kind != kept { // else it isn't known whether it helped, and the page may give back what was sent
		p.failures, p.sent = 0, nil
	}
}

// search finds locations. An error of one partition is in its search.
func (c *Consumer) search(ctx context.Context, leader int32, all []*search) error {
	committed := c.isolation()
	for _, step := range []struct {
		isolation int8
		at        func(s *search) (milliseconds int64, ok bool)
		found     func(s *search, offset int64)
	}{
		{committed, func(*search) (int64, bool) { return timeOfStart, true }, func(s *search, o int64) { s.start = o }},
		{committed, func(*search) (int64, bool) { return timeOfEnd, true }, func(s *search, o int64) { s.end, s.stored = o, o }},
		{readUncommitted, func(s *search) (int64, bool) {
			return timeOfEnd, committed != readUncommitted && (s.from.kind == atOffset || s.from.kind == kept)
		}, func(s *search, o int64) { s.stored = o }},
		{committed, func(s *search) (int64, bool) { return max(s.from.n, 0), s.from.kind == atTime }, func(s *search, o int64) {
			s.first = orEnd(o, s.end)
		}},
		{committed, func(s *search) (int64, bool) {
			if s.until == nil || s.until.Timestamp == nil {
				return 0, false
			}
			return max(*s.until.Timestamp, 0), true
		}, func(s *search, o int64) { s.limit = orEnd(o, s.end) }},
	} {
		if err := c.listOffsets(ctx, leader, all, step.isolation, step.at, step.found); err != nil {
			return err
		}
	}
	var searching sync.WaitGroup
	defer searching.Wait()
	free := make(chan struct{}, maxSearches)
	for _, s := range all {
		s.setLimit()
		if s.err == nil && (s.start < 0 || s.end < 0) {
			s.err = fmt.Errorf("the leader says that it has the offsets from %d to %d", s.start, s.end)
		}
		if s.err != nil || s.place() {
			continue
		}
		free <- struct{}{}
		searching.Go(func() {
			defer func() { <-free }()
			s.first, s.err = c.lastVisible(ctx, leader, s.target, s.location, s.from.n)
		})
	}
	searching.Wait()
	return c.firstOther(all)
}

// firstOther returns the first error that isn't of one partition alone.
func (c *Consumer) firstOther(all []*search) error {
	for _, s := range all {
		if _, ok := errors.AsType[*kerr.Error](s.err); !ok && s.err != nil {
			return s.failed(s.err)
		}
	}
	return nil
}

// orEnd is an offset that a broker found, or the end if it found none.
func orEnd(offset, end int64) int64 {
	if offset < 0 {
		return end
	}
	return offset
}

func (s *search) setLimit() {
	switch {
	case s.untilAt != nil:
		s.limit = *s.untilAt
	case s.until == nil:
		s.limit = noLimit
	case s.until.Timestamp == nil:
		s.limit = s.end
	}
}

// afterLoss is where to go on if the broker has lost the end. A topic that was made again looks the same where
// topics have no ids.
func (s *search) afterLoss() int64 {
	if s.id == noID {
		return s.start
	}
	return s.stored
}

// place sets the offset. It returns false if that is to be searched for.
func (s *search) place() bool {
	switch s.from.kind {
	case earliest:
		s.first = s.start
	case latest, committed:
		s.first = s.end
	case lastRecords:
		return false
	case atOffset:
		s.first = min(max(s.from.n, s.start), s.stored)
	case kept:
		s.first = max(s.from.n, s.start)
		if s.from.n > s.stored {
			s.first = s.afterLoss()
		}
	}
	return true
}
