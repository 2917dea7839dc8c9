package consumer

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch"
	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// Config is what a Consumer uses.
type Config struct {
	Kafka   *kgo.Client                     // which tries nothing again by itself, and has UnpackedLimit for kgo.MaxDecompressBatchBytes
	Send    func(batch []byte) error        // waits until the page has room; keeps nothing of batch
	Report  func(err error)                 // what is tried again; at most one a second. It doesn't wait
	Lost    func(err error)                 // what brokers have lost that was sent; each loss once. It waits until the page was told
	Fatal   func(err error) bool            // whether to give up
	Backoff func(attempt int) time.Duration // before the next attempt

	// These are of a group; nil: there is none.
	Committed func(ctx context.Context, of TopicPartition) (int64, error) // -1: nothing
	Drain     func(ctx context.Context) error                             // waits until the page's loop has all that was sent
}

// A Consumer reads partitions.
type Consumer struct {
	config       Config
	options      Options
	decompressor kgo.Decompressor
	endless      bool          // no partition has a limit
	revoked      uint32        // the number of the last revocation
	stale        chan struct{} // has room for one: a leader may have moved

	mu         sync.Mutex
	changed    chan struct{} // closed, and made anew, when anything below changes
	topics     map[string]*topic
	partitions map[TopicPartition]*partition
	leaders    map[int32]bool // those that are served
	queue      []fetched
	allPaused  bool                    // partitions are paused, those that are found later, too
	notAsAll   map[TopicPartition]bool // those with which it is the other way round
	buffered   int                     // bytes that were fetched, or may come in answer to a request
	failed     error                   // why to give up
	reported   time.Time

	sent                    int64 // batches
	scanned, matched, bytes int64

	writer *batch.Writer // Run's
}

// A topic is one that is read.
type topic struct {
	id      [16]byte // noID: the brokers have told none
	seen    bool     // it existed
	later   bool     // partitions that are found from now on came later: they are read from their beginning
	first   int32    // of the partitions that came later, once it is seen
	leaders map[int32]int32
}

// noID is the id of a topic on brokers from before topics had ids.
var noID [16]byte

// A partition is one that is read.
type partition struct {
	TopicPartition
	topic       *topic
	leader      int32 // -1: none
	leaderEpoch int32 // -1: unknown

	from       Position
	until      *Until
	untilAt    *int64 // an offset, instead of until
	located    bool   // position, next and limit are known
	generation int    // of what is fetched: what has another one is thrown away
	seek       uint32 // the number of the page's last seek

	position   int64 // all before it was sent
	sentEpoch  int32 // the leader's that wrote what was sent before position; -1: unknown
	sent       []sentBatch
	next       int64 // to fetch
	lastEpoch  int32 // the leader's that wrote what was fetched before next; -1: unknown
	queued     int   // what was fetched and isn't sent
	limit      int64 // where reading ends
	start, end int64 // of what a broker has and may be read; -1: unknown

	held         bool // Begin is awaited
	sought       bool // while it was held
	paused       bool
	failures     int // in a row
	failingSince time.Time
	retryAt      time.Time // after a failure
}

// noLimit is the limit of a partition that is read for ever.
const noLimit = math.MaxInt64

// done reports whether all before the limit was sent, or is deleted.
func (p *partition) done() bool {
	return p.located && (p.position >= p.limit || p.next >= p.limit && p.queued == 0)
}

// A fetched is what a broker sent of a partition, or what it has lost.
type fetched struct {
	partition  *partition
	generation int
	response   kmsg.FetchResponseTopicPartition
	lost       error // nil: the response
}

// New returns a Consumer that waits for Run.
func New(c Config, o Options) *Consumer {
	consumer := &Consumer{
		config: c, options: o, decompressor: records.DecompressorOf(c.Kafka),
		stale:      make(chan struct{}, 1),
		changed:    make(chan struct{}),
		topics:     make(map[string]*topic),
		partitions: make(map[TopicPartition]*partition),
		leaders:    make(map[int32]bool),
		writer:     batch.NewWriter(o.ValueLimit),
	}
	for _, name := range o.Topics {
		consumer.topics[name] = new(topic)
	}
	consumer.endless = o.Until == nil
	for _, p := range o.Partitions {
		consumer.topics[p.Topic] = new(topic)
		if p.Until != nil {
			consumer.endless = false
		}
	}
	return consumer
}

// Run reads until all partitions have reached their limit, ctx ends, or something fails for good.
func (c *Consumer) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() { c.follow(ctx, &running) })
	var draining <-chan error
	drained := c.config.Drain == nil
	for {
		c.mu.Lock()
		if err := c.failed; err != nil {
			c.mu.Unlock()
			return err
		}
		finished := c.finished()
		switch {
		case finished && drained:
			c.mu.Unlock()
			return nil
		case finished && draining == nil:
			draining = c.drain(ctx, &running)
		case !finished: // the page has sought back, or the group has assigned more
			draining, drained = nil, c.config.Drain == nil
		}
		if len(c.queue) == 0 {
			changed := c.changed
			c.mu.Unlock()
			select {
			case <-changed:
			case err := <-draining:
				if err != nil {
					return err
				}
				drained = true
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			continue
		}
		f := c.queue[0]
		clear(c.queue[:1]) // lets go of its bytes, which buffered counts no longer
		c.queue = c.queue[1:]
		c.mu.Unlock()
		var err error
		if f.lost != nil {
			c.config.Lost(f.lost)
		} else {
			err = c.sendFetched(f)
		}
		c.mu.Lock()
		f.partition.queued--
		c.buffered -= len(f.response.RecordBatches)
		c.change()
		c.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// drain waits until the page's loop has all that was sent.
func (c *Consumer) drain(ctx context.Context, running *sync.WaitGroup) <-chan error {
	drained := make(chan error, 1)
	running.Go(func() { drained <- c.config.Drain(ctx) })
	return drained
}

// change tells all who wait that the state has changed. The caller holds mu.
func (c *Consumer) change() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// finished reports whether every partition that was wanted has reached its limit. The caller holds mu.
func (c *Consumer) finished() bool {
	if c.endless {
		return false
	}
	for _, t := range c.topics {
		if !t.seen {
			return false
		}
	}
	for _, a := range c.options.Partitions {
		if c.partitions[a.TopicPartition] == nil {
			return false
		}
	}
	for _, p := range c.partitions {
		if !p.done() {
			return false
		}
	}
	return !c.options.Assigned || len(c.partitions) > 0
}
