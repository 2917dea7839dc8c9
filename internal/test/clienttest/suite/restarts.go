package suite

import (
	"context"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
)

// survivesRestarts produces idempotently, and consumes alone and in a group, while a broker, and
// the bridge if there is one, are killed and restarted. Nothing is lost, nothing is stored twice,
// and nothing is consumed twice, but what a group had not committed.
func survivesRestarts(t *testing.T, s Setup) {
	ctx := withDeadline(t)
	// The leaders are known anew soon after they changed, not just every 5 s.
	fresh := kgo.MetadataMinAge(250 * time.Millisecond)
	producer := s.connect(t, fresh)
	topic := kafkatopic.Create(ctx, t, producer, "restarts", partitions, nil)
	l := &load{stored: newLedger(), alone: newReading(), inGroup: newGroupReading()}
	members := s.connectGroup(ctx, t, topic, fresh)
	stopAlone := consume(ctx, t, l.alone, s.connectConsumer(t, topic, fresh))
	stopGroup := consume(ctx, t, l.inGroup, members...)
	stopProducing := l.produce(ctx, t, producer, topic)
	l.mustGoOn(ctx, t, "all is well")

	// The broker that the group depends on also leads a third of the partitions.
	broker := coordinator(ctx, t, producer, topic)
	s.do(t, fmt.Sprint("kill-", broker))
	l.mustGoOn(ctx, t, "a broker was killed")
	s.do(t, fmt.Sprint("restart-", broker))
	MustBeInSync(ctx, t, producer)
	l.mustGoOn(ctx, t, "it was restarted")

	if s.Bridge != "" {
		s.do(t, "stop")
		if c, err := s.dialer(t).Dial(ctx, s.Brokers[0]); err == nil {
			c.Close()
			t.Error("the bridge serves though it was stopped")
		}
		l.mustBeOffered(ctx, t)
		s.do(t, "start")
		l.mustGoOn(ctx, t, "the bridge was restarted")
	}

	stopProducing()
	awaitCount(ctx, t, "consumed", l.alone.count, l.stored.count())
	awaitCount(ctx, t, "consumed in the group", l.inGroup.count, l.stored.count())
	stopAlone()
	stopGroup()
	l.alone.mustBe(t, l.stored)
	l.inGroup.mustBe(t, l.stored)
	t.Logf("%d records", l.stored.count())
}

// A load is a topic that is produced to and consumed from all the time.
type load struct {
	stored         *ledger
	alone, inGroup *reading

	mu      sync.Mutex
	offered int // records given to the producer
}

const (
	// offerEvery and offerSize make 1,000 records a second.
	offerEvery = 20 * time.Millisecond
	offerSize  = 20
	// goingOn is how many more records show that a client works again.
	goingOn = 300
)

// produce offers records to the producer until stop is called, which waits until they are stored.
func (l *load) produce(ctx context.Context, t *testing.T, c *kgo.Client, topic string) (stop func()) {
	producing, cancel := context.WithCancel(ctx)
	var offering sync.WaitGroup
	offering.Go(func() {
		tick := time.NewTicker(offerEvery)
		defer tick.Stop()
		for n := 0; ; n += offerSize {
			select {
			case <-tick.C:
			case <-producing.Done():
				return
			}
			for i := range offerSize {
				c.Produce(ctx, recordOf(topic, n+i), l.stored.promise(ctx, t))
			}
			l.mu.Lock()
			l.offered = n + offerSize
			l.mu.Unlock()
		}
	})
	t.Cleanup(func() {
		cancel()
		offering.Wait()
	})
	return func() {
		cancel()
		offering.Wait()
		if err := c.Flush(ctx); err != nil {
			t.Fatalf("flush: %v", err)
		}
		if stored := l.stored.count(); stored != l.offered {
			t.Errorf("%d records were stored, %d were offered", stored, l.offered)
		}
	}
}

// mustBeOffered waits until more records were given to the producer.
func (l *load) mustBeOffered(ctx context.Context, t *testing.T) {
	t.Helper()
	offered := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.offered
	}
	awaitCount(ctx, t, "offered", offered, offered()+goingOn)
}

// mustGoOn waits until more records were stored and consumed since something happened.
func (l *load) mustGoOn(ctx context.Context, t *testing.T, what string) {
	t.Helper()
	started := time.Now()
	want := l.stored.count() + goingOn
	awaitCount(ctx, t, "stored", l.stored.count, want)
	awaitCount(ctx, t, "consumed", l.alone.count, want)
	awaitCount(ctx, t, "consumed in the group", l.inGroup.count, want)
	t.Logf("%s, and it went on after %v", what, time.Since(started))
}

// coordinator returns the broker that coordinates the group of a topic's consumers.
func coordinator(ctx context.Context, t *testing.T, c *kgo.Client, topic string) int32 {
	t.Helper()
	found := kadm.NewClient(c).FindGroupCoordinators(ctx, groupOf(topic))
	if err := found.Error(); err != nil {
		t.Fatalf("find the coordinator: %v", err)
	}
	return found[groupOf(topic)].NodeID
}

// MustBeInSync waits until all replicas are, so that the next broker may be killed.
func MustBeInSync(ctx context.Context, t *testing.T, c *kgo.Client) {
	t.Helper()
	admin := kadm.NewClient(c)
	await(ctx, t, "all replicas are in sync", func() (bool, any) {
		topics, err := admin.ListTopicsWithInternal(ctx)
		if err != nil {
			return false, err
		}
		for name, topic := range topics {
			for _, p := range topic.Partitions {
				if len(p.ISR) < len(p.Replicas) {
					return false, fmt.Sprintf("%d of %d of %s/%d", len(p.ISR), len(p.Replicas), name, p.Partition)
				}
			}
		}
		return true, nil
	})
}

// do has the peer do something, and returns when that was done.
func (s Setup) do(t *testing.T, what string) {
	t.Helper()
	c, err := new(kafkaio.Dialer).DialContext(t.Context(), "tcp", s.Faults)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "do %s; send 1\n", what); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if answer, err := io.ReadAll(c); err != nil || len(answer) != 1 {
		t.Fatalf("%s: the peer answered %q, %v", what, answer, err)
	}
}
