package suite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
)

const (
	partitions = 6
	records    = 10_000
)

func consumedAsProduced(t *testing.T, s Setup) {
	ctx := withDeadline(t)
	producer := s.connect(t)
	topic := kafkatopic.Create(ctx, t, producer, "client", partitions, nil)
	stored := produce(ctx, t, producer, topic)
	got := newReading()
	stop := consume(ctx, t, got, s.connectConsumer(t, topic))
	awaitCount(ctx, t, "consumed", got.count, records)
	stop()
	got.mustBe(t, stored)
}

// consumedInAGroup has two members that share the partitions before anything is produced.
func consumedInAGroup(t *testing.T, s Setup) {
	ctx := withDeadline(t)
	producer := s.connect(t)
	topic := kafkatopic.Create(ctx, t, producer, "client", partitions, nil)
	members := s.connectGroup(ctx, t, topic)
	stored := produce(ctx, t, producer, topic)
	got := newGroupReading()
	stop := consume(ctx, t, got, members...)
	awaitCount(ctx, t, "consumed", got.count, records)
	stop()
	got.mustBe(t, stored)
}

func (s Setup) connectConsumer(t *testing.T, topic string, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	return s.connect(t, append(options, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
}

// connectGroup returns two members of a group that have half of the partitions each. What they
// poll must be committed before they may lose it to each other.
func (s Setup) connectGroup(ctx context.Context, t *testing.T, topic string, options ...kgo.Opt) []*kgo.Client {
	t.Helper()
	var shares shares
	members := make([]*kgo.Client, 2)
	for i := range members {
		members[i] = s.connectConsumer(t, topic, append(options,
			kgo.ConsumerGroup(groupOf(topic)),
			kgo.DisableAutoCommit(),
			kgo.BlockRebalanceOnPoll(),
			kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, all map[string][]int32) { shares.add(i, len(all[topic])) }),
			kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, all map[string][]int32) { shares.add(i, -len(all[topic])) }),
		)...)
	}
	await(ctx, t, "the members of the group share the partitions", shares.areEqual)
	return members
}

func groupOf(topic string) string { return "group-of-" + topic }

// shares counts the partitions that the members of a group have.
type shares struct {
	mu sync.Mutex
	of [2]int
}

func (s *shares) add(member, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of[member] += n
}

func (s *shares) areEqual() (bool, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of == [2]int{partitions / 2, partitions / 2}, s.of
}

// recordOf returns the ith record of a topic. Its value tells it from the others.
func recordOf(topic string, i int) *kgo.Record {
	return &kgo.Record{Topic: topic, Key: fmt.Appendf(nil, "key %d", i%97), Value: fmt.Appendf(nil, "record %d", i)}
}

// produce produces the records, and notes where each of them went.
func produce(ctx context.Context, t *testing.T, c *kgo.Client, topic string) *ledger {
	t.Helper()
	stored := newLedger()
	for i := range records {
		c.Produce(ctx, recordOf(topic, i), stored.promise(ctx, t))
	}
	if err := c.Flush(ctx); err != nil {
		t.Fatalf("flush: %v", err)
	}
	if t.Failed() {
		t.FailNow()
	}
	return stored
}

// promise is told of a record that was produced.
func (l *ledger) promise(ctx context.Context, t *testing.T) func(*kgo.Record, error) {
	return func(r *kgo.Record, err error) {
		if err == nil {
			err = l.store(r)
		}
		if err != nil && ctx.Err() == nil {
			t.Errorf("produce %q: %v", r.Value, err)
		}
	}
}

// consume has clients consume, each on its own, until stop is called.
func consume(ctx context.Context, t *testing.T, r *reading, clients ...*kgo.Client) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var consuming sync.WaitGroup
	for _, c := range clients {
		consuming.Go(func() { poll(ctx, t, r, c) })
	}
	stop = func() {
		cancel()
		consuming.Wait()
	}
	t.Cleanup(stop) // also where the test ends early
	return stop
}

// poll takes records, and commits them where the client is a member of a group. A member that
// loses its coordinator starts again where the group committed last.
func poll(ctx context.Context, t *testing.T, r *reading, c *kgo.Client) {
	for {
		fetches := c.PollFetches(ctx)
		if ctx.Err() != nil {
			return
		}
		fetches.EachError(func(topic string, p int32, err error) {
			if _, ok := errors.AsType[*kgo.ErrGroupSession](err); ok {
				t.Log(err)
			} else {
				t.Errorf("fetch %s/%d: %v", topic, p, err)
			}
		})
		fetches.EachRecord(func(record *kgo.Record) { r.take(t, record) })
		if group, _ := c.GroupMetadata(); group != "" {
			commit(ctx, t, r, c)
			c.AllowRebalance()
		}
	}
}

func commit(ctx context.Context, t *testing.T, r *reading, c *kgo.Client) {
	offsets := c.UncommittedOffsets()
	if err := c.CommitUncommittedOffsets(ctx); err != nil {
		if ctx.Err() == nil {
			t.Logf("commit: %v", err)
		}
		return
	}
	for _, partitions := range offsets {
		for partition, next := range partitions {
			r.commit(partition, next.Offset)
		}
	}
}

// awaitCount waits until there are as many. Where something was wrong meanwhile, they may never be.
func awaitCount(ctx context.Context, t *testing.T, what string, count func() int, want int) {
	t.Helper()
	await(ctx, t, fmt.Sprintf("%d records are %s", want, what), func() (bool, any) {
		if t.Failed() {
			t.FailNow()
		}
		n := count()
		return n >= want, n
	})
}
