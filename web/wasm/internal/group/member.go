package group

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// Options say which group, as the page sends them.
type Options struct {
	ID         string `json:"id"`
	InstanceID string `json:"instanceId"` // of a static member; empty: it is none
	AutoCommit bool   `json:"autoCommit"`
}

// Config is what a Member uses. Each callback may take until RebalanceTimeout, and an error of it ends the reading.
type Config struct {
	Options
	Topics []string
	Open   func(ctx context.Context, options ...kgo.Opt) (*kgo.Client, error)
	Reader *consumer.Consumer

	Assigned func(ctx context.Context, of []consumer.TopicPartition) error
	// Revoked returns the offsets up to which the page's loop has finished with the partitions.
	Revoked func(ctx context.Context, of []consumer.TopicPartition, lost bool) ([]Offset, error)
	// Finished returns the same of all partitions.
	Finished func(ctx context.Context) ([]Offset, error)
}

// An Offset is where to go on in a partition.
type Offset struct {
	consumer.TopicPartition
	Offset int64 `json:"offset,string"`
}

const (
	// sessionTimeout is how long a member may be silent, and RebalanceTimeout how long it may take to give
	// partitions up: then others get them.
	sessionTimeout   = 45 * time.Second
	RebalanceTimeout = time.Minute
	// commitInterval is the time between commits by autoCommit.
	commitInterval = 5 * time.Second
	// topicsAge is how old what a leader knows of topics may be: later partitions are assigned that soon.
	topicsAge = 5 * time.Second
	// joinTries bounds silent tries to join while the member has no partitions.
	joinTries = 2500 * time.Millisecond
)

// A Member is one of a group.
type Member struct {
	config  Config
	running sync.WaitGroup
	turn    chan struct{} // has room for one: who tells the page of partitions

	mu       sync.Mutex
	kafka    *kgo.Client
	assigned map[consumer.TopicPartition]int64 // and what was committed last; -1: nothing
	fenced   bool                              // the group has refused a commit: it counts this member no longer
	left     bool                              // nothing is told any more

	commits   int           // calls of Commit that run
	committed chan struct{} // closed once none runs; nil: there was none
}

// New returns a Member that waits for Run.
func New(c Config) *Member {
	return &Member{config: c, turn: make(chan struct{}, 1), assigned: make(map[consumer.TopicPartition]int64)}
}

// Run reads as a member until the reading ends, and then leaves the group. leaveTime is how long it may take for
// that. leaveErr is what failed then: a callback, or the last commit.
func (m *Member) Run(ctx context.Context, leaveTime func() time.Duration) (err, leaveErr error) {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer m.running.Wait()
	kafka, err := m.config.Open(own, m.options(reading)...)
	if err != nil {
		cancel()
		return err, nil
	}
	defer kafka.Close()
	defer cancel()
	m.mu.Lock()
	m.kafka = kafka
	m.mu.Unlock()
	m.running.Go(func() { m.watch(own, kafka) })
	if m.config.AutoCommit {
		m.running.Go(func() { m.commitOften(reading, kafka) })
	}
	err = m.config.Reader.Run(ctx)
	stop()
	limit := leaveTime()
	leaving, cancelLeaving := context.WithTimeoutCause(own, limit, errLeaving)
	defer cancelLeaving()
	finishing, cancelFinishing := context.WithTimeoutCause(leaving, limit*9/10, errLeaving) // the rest is LeaveGroup's
	defer cancelFinishing()
	m.awaitCommits(finishing, limit/4)
	leaveErr = m.giveUpAll(finishing, kafka, limit*3/4)
	m.awaitCommits(finishing, limit) // which its callback may have begun
	kafka.LeaveGroupContext(leaving)
	return err, leaveErr
}

var errLeaving = fmt.Errorf("the consumer couldn't leave its group in time: %w", context.DeadlineExceeded)

// options make a client of kgo's a member. reading is the context of what ends with the reading.
func (m *Member) options(reading context.Context) []kgo.Opt {
	options := []kgo.Opt{
		kgo.ConsumerGroup(m.config.ID),
		kgo.ConsumeTopics(m.config.Topics...),
		kgo.Balancers(kgo.CooperativeStickyBalancer(), kgo.RangeBalancer()),
		kgo.DisableAutoCommit(),
		kgo.SessionTimeout(sessionTimeout),
		kgo.RebalanceTimeout(RebalanceTimeout),
		kgo.MetadataMinAge(time.Second),
		kgo.MetadataMaxAge(topicsAge),
		kgo.RetryTimeoutFn(m.retryTimeout),
		kgo.DisableClientMetrics(),
		kgo.WithHooks(connecting{m.config.Reader}),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, of map[string][]int32) { m.assign(reading, list(of)) }),
		kgo.OnPartitionsRevoked(func(ctx context.Context, kafka *kgo.Client, of map[string][]int32) {
			m.revoke(ctx, kafka, list(of), false)
		}),
		kgo.OnPartitionsLost(func(ctx context.Context, kafka *kgo.Client, of map[string][]int32) {
			m.revoke(ctx, kafka, list(of), true)
		}),
		kgo.AdjustFetchOffsetsFn(m.begin),
	}
	if m.config.InstanceID != "" {
		options = append(options, kgo.InstanceID(m.config.InstanceID))
	}
	return options
}

// retryTimeout is how long kgo tries a request again before it reports an error, with which a member loses its
// partitions.
func (m *Member) retryTimeout(key int16) time.Duration {
	const joinGroup = 11
	m.mu.Lock()
	defer m.mu.Unlock()
	if key == joinGroup && len(m.assigned) == 0 {
		return joinTries
	}
	return sessionTimeout
}

// begin has the reader read from where the group has committed. kgo fetches nothing, since it gets no offsets.
func (m *Member) begin(_ context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	committed := make(map[consumer.TopicPartition]int64)
	for topic, partitions := range offsets {
		for partition, offset := range partitions {
			tp := consumer.TopicPartition{Topic: topic, Partition: partition}
			committed[tp] = max(offset.EpochOffset().Offset, -1)
		}
	}
	m.mu.Lock()
	for tp, offset := range committed {
		if _, ok := m.assigned[tp]; ok {
			m.assigned[tp] = offset
		}
	}
	m.mu.Unlock()
	m.config.Reader.Begin(committed)
	return nil, nil
}

// watch takes what kgo has instead of records: errors.
func (m *Member) watch(ctx context.Context, kafka *kgo.Client) {
	for {
		fetches := kafka.PollFetches(ctx)
		if ctx.Err() != nil {
			return
		}
		fetches.EachError(func(topic string, partition int32, err error) {
			if isRebalance(err) {
				return // the page is told by its callbacks
			}
			if topic != "" {
				err = &consumer.Error{Topic: topic, Partition: partition, Err: err}
			}
			m.config.Reader.Trouble(err)
		})
	}
}

// isRebalance reports whether an error only says that partitions are assigned anew.
func isRebalance(err error) bool {
	return errors.Is(err, kerr.RebalanceInProgress) || isFenced(err)
}

// isFenced reports whether an error says that the group counts the member no longer.
func isFenced(err error) bool {
	return errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, kerr.IllegalGeneration)
}

// connecting reports brokers that can't be reached.
type connecting struct{ reader *consumer.Consumer }

func (c connecting) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	if err != nil {
		c.reader.Trouble(err)
	}
}
