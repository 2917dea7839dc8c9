package group

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// A lateError says that a callback has taken too long.
type lateError struct {
	callback string
	limit    time.Duration
}

func (e *lateError) Error() string {
	return fmt.Sprintf("%s didn't settle within %v, and the group waits no longer", e.callback, e.limit)
}

func (e *lateError) Unwrap() error { return context.DeadlineExceeded }

// within bounds a callback.
func within(ctx context.Context, limit time.Duration, callback string, call func(ctx context.Context) error) error {
	late := &lateError{callback, limit}
	limited, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	err := call(limited)
	if err != nil && context.Cause(limited) == late {
		return late
	}
	return err
}

// take takes the turn, unless ctx ends before. What it returns gives it back.
func (m *Member) take(ctx context.Context) (giveBack func(), ok bool) {
	select {
	case m.turn <- struct{}{}:
		return func() { <-m.turn }, true
	case <-ctx.Done():
		return nil, false
	}
}

// assign tells the reader and the page of new partitions.
func (m *Member) assign(ctx context.Context, of []consumer.TopicPartition) {
	giveBack, ok := m.take(ctx)
	if !ok {
		return
	}
	defer giveBack()
	m.mu.Lock()
	m.fenced = false
	if m.left || len(of) == 0 {
		m.mu.Unlock()
		return
	}
	for _, tp := range of {
		m.assigned[tp] = -1
	}
	m.mu.Unlock()
	m.config.Reader.Assign(of)
	err := within(ctx, RebalanceTimeout, "onAssigned", func(ctx context.Context) error { return m.config.Assigned(ctx, of) })
	if err != nil && ctx.Err() == nil {
		m.config.Reader.Fail(err)
	}
}

// revoke tells the reader and the page that partitions are given up, or were lost, and commits what the page has
// finished with.
func (m *Member) revoke(ctx context.Context, kafka *kgo.Client, of []consumer.TopicPartition, lost bool) {
	giveBack, ok := m.take(ctx)
	if !ok {
		return
	}
	defer giveBack()
	callbackErr, commitErr := m.giveUp(ctx, kafka, of, lost, RebalanceTimeout)
	switch {
	case callbackErr != nil && ctx.Err() == nil:
		m.config.Reader.Fail(callbackErr)
	case commitErr != nil && !isRebalance(commitErr):
		m.config.Reader.Trouble(commitErr)
	}
}

// giveUpAll gives up all partitions, because the reading has ended. It waits for a callback that runs.
func (m *Member) giveUpAll(ctx context.Context, kafka *kgo.Client, limit time.Duration) error {
	giveBack, ok := m.take(ctx)
	if !ok {
		return context.Cause(ctx)
	}
	defer giveBack()
	m.mu.Lock()
	m.left = true
	of := slices.SortedFunc(maps.Keys(m.assigned), consumer.TopicPartition.Compare)
	m.mu.Unlock()
	callbackErr, commitErr := m.giveUp(ctx, kafka, of, false, limit)
	if callbackErr != nil {
		return callbackErr
	}
	return commitErr
}

// giveUp gives up those of the partitions that are assigned. The page's callback may take as long as limit. The
// caller has the turn.
func (m *Member) giveUp(ctx context.Context, kafka *kgo.Client, of []consumer.TopicPartition, lost bool, limit time.Duration) (callbackErr, commitErr error) {
	m.mu.Lock()
	of = slices.DeleteFunc(of, func(tp consumer.TopicPartition) bool {
		_, ok := m.assigned[tp]
		return !ok
	})
	lost = lost || m.fenced
	if lost {
		m.forget(of)
	}
	m.mu.Unlock()
	if len(of) == 0 {
		return nil, nil
	}
	m.config.Reader.Revoke(of)
	var finished []Offset
	callbackErr = within(ctx, limit, "onRevoked", func(ctx context.Context) (err error) {
		finished, err = m.config.Revoked(ctx, of, lost)
		return err
	})
	if !lost {
		if callbackErr != nil {
			finished, _ = m.config.Finished(ctx)
		}
		if m.config.AutoCommit {
			commitErr = m.commitNew(ctx, kafka, finished)
		}
		m.mu.Lock()
		m.forget(of)
		m.mu.Unlock()
	}
	return callbackErr, commitErr
}

// forget takes partitions off the assigned. The caller holds mu.
func (m *Member) forget(of []consumer.TopicPartition) {
	for _, tp := range of {
		delete(m.assigned, tp)
	}
}

// list are partitions as kgo has them, in order.
func list(of map[string][]int32) (all []consumer.TopicPartition) {
	for topic, partitions := range of {
		for _, partition := range partitions {
			all = append(all, consumer.TopicPartition{Topic: topic, Partition: partition})
		}
	}
	slices.SortFunc(all, consumer.TopicPartition.Compare)
	return all
}
