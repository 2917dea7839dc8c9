// Package suite is what a Kafka client does over our dialer, written once: franz-go creates a
// topic on a real cluster, produces, and consumes, alone and in a group. The same code runs on
// every way to a broker; a [Setup] is all that differs.
package suite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	partitions = 6
	records    = 10_000
	patience   = 2 * time.Minute
)

// Run runs the whole suite.
func Run(t *testing.T, s Setup) {
	t.Run("ConsumedAsProduced", func(t *testing.T) { consumedAsProduced(t, s) })
	t.Run("ConsumedInAGroup", func(t *testing.T) { consumedInAGroup(t, s) })
}

func consumedAsProduced(t *testing.T, s Setup) {
	ctx := withDeadline(t)
	producer := s.connect(t)
	topic := createTopic(ctx, t, producer)
	log := produce(ctx, t, producer, topic)
	consumer := s.connect(t, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	log.consume(ctx, t, consumer)
	log.mustBeComplete(t)
}

// consumedInAGroup has two members that share the partitions before anything is produced.
func consumedInAGroup(t *testing.T, s Setup) {
	ctx := withDeadline(t)
	producer := s.connect(t)
	topic := createTopic(ctx, t, producer)
	var shares shares
	members := make([]*kgo.Client, 2)
	for i := range members {
		members[i] = s.connect(t,
			kgo.ConsumeTopics(topic),
			kgo.ConsumerGroup("group-of-"+topic),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
			kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, all map[string][]int32) { shares.add(i, len(all[topic])) }),
			kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, all map[string][]int32) { shares.add(i, -len(all[topic])) }),
		)
	}
	shares.wait(ctx, t)
	log := produce(ctx, t, producer, topic)
	var consuming sync.WaitGroup
	for _, m := range members {
		consuming.Go(func() { log.consume(ctx, t, m) })
	}
	consuming.Wait()
	log.mustBeComplete(t)
	for _, m := range members {
		if err := m.CommitUncommittedOffsets(ctx); err != nil {
			t.Errorf("commit: %v", err)
		}
	}
}

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

func (s *shares) wait(ctx context.Context, t *testing.T) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		s.mu.Lock()
		of := s.of
		s.mu.Unlock()
		if of == [2]int{partitions / 2, partitions / 2} {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the members of the group have %v partitions", of)
		}
	}
}

// createTopic creates a topic of its own for a test, as much replicated as the cluster allows.
func createTopic(ctx context.Context, t *testing.T, c *kgo.Client) string {
	t.Helper()
	topic := "kafkaio-" + strconv.FormatUint(rand.Uint64(), 36)
	admin := kadm.NewClient(c)
	brokers, err := admin.ListBrokers(ctx)
	if err != nil {
		t.Fatalf("list brokers: %v", err)
	}
	created, err := admin.CreateTopic(ctx, partitions, int16(min(len(brokers), 3)), nil, topic)
	if err != nil || created.Err != nil {
		t.Fatalf("create %s: %v, %v", topic, err, created.Err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, err := admin.DeleteTopic(ctx, topic); err != nil {
			t.Logf("delete %s: %v", topic, err)
		}
	})
	return topic
}

// A topicLog is what a topic must hold: for each partition the values in the order of their offsets.
type topicLog struct {
	produced [partitions][]string

	mu       sync.Mutex
	consumed [partitions]int64 // the next offset that is expected
	total    int
	done     chan struct{} // closed when all were consumed
}

// produce produces records whose value tells them apart, and notes where each of them went.
func produce(ctx context.Context, t *testing.T, c *kgo.Client, topic string) *topicLog {
	t.Helper()
	log := &topicLog{done: make(chan struct{})}
	var at sync.Map // [2]int64{partition, offset} -> value
	var failed atomic.Pointer[error]
	for i := range records {
		value := fmt.Sprintf("record %d", i)
		r := &kgo.Record{Topic: topic, Key: fmt.Appendf(nil, "key %d", i%97), Value: []byte(value)}
		c.Produce(ctx, r, func(r *kgo.Record, err error) {
			if err == nil {
				if before, twice := at.LoadOrStore([2]int64{int64(r.Partition), r.Offset}, value); twice {
					err = fmt.Errorf("%q is said to be at offset %d of partition %d as well", before, r.Offset, r.Partition)
				}
			}
			if err != nil {
				err = fmt.Errorf("produce %q: %w", value, err)
				failed.CompareAndSwap(nil, &err)
			}
		})
	}
	if err := c.Flush(ctx); err != nil {
		t.Fatalf("flush: %v", err)
	}
	if err := failed.Load(); err != nil {
		t.Fatal(*err)
	}
	for p := range log.produced {
		for offset := int64(0); ; offset++ {
			value, ok := at.Load([2]int64{int64(p), offset})
			if !ok {
				break
			}
			log.produced[p] = append(log.produced[p], value.(string))
			log.total++
		}
	}
	if log.total != records {
		t.Fatalf("%d records have a place, %d were produced", log.total, records)
	}
	return log
}

// consume takes records until all that were produced have been consumed, by whomever.
func (l *topicLog) consume(ctx context.Context, t *testing.T, c *kgo.Client) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-l.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	for {
		fetches := c.PollFetches(ctx)
		if ctx.Err() != nil {
			return
		}
		fetches.EachError(func(topic string, p int32, err error) { t.Errorf("fetch %s/%d: %v", topic, p, err) })
		if t.Failed() {
			return
		}
		fetches.EachRecord(func(r *kgo.Record) { l.take(t, r) })
	}
}

// take holds that a record is the one that comes next in its partition.
func (l *topicLog) take(t *testing.T, r *kgo.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	want := l.consumed[r.Partition]
	if r.Offset != want {
		t.Errorf("partition %d: offset %d came, %d was expected", r.Partition, r.Offset, want)
		return
	}
	if value := l.produced[r.Partition][r.Offset]; value != string(r.Value) {
		t.Errorf("partition %d: offset %d is %q, %q was produced", r.Partition, r.Offset, r.Value, value)
	}
	l.consumed[r.Partition]++
	if l.total--; l.total == 0 {
		close(l.done)
	}
}

func (l *topicLog) mustBeComplete(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for p, n := range l.consumed {
		if want := len(l.produced[p]); int(n) != want {
			t.Errorf("partition %d: %d of %d records were consumed", p, n, want)
		}
	}
}
