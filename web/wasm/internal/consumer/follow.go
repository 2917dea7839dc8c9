package consumer

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	// followInterval is the time between questions for partitions and leaders.
	followInterval = 2 * time.Second
	// staleInterval is the least time between them, when leaders move.
	staleInterval = 100 * time.Millisecond
)

// follow asks for the topics' partitions and leaders, now and again. It has each leader served.
func (c *Consumer) follow(ctx context.Context, running *sync.WaitGroup) {
	failures := 0
	for {
		wait, least := followInterval, staleInterval
		m, err := c.metadata(ctx)
		switch {
		case err != nil:
			failures++
			wait = c.config.Backoff(failures)
			least = wait
			c.Trouble(err)
		case c.update(m):
			failures = 0
		default:
			failures++
			wait = min(c.config.Backoff(failures), followInterval)
		}
		c.serveLeaders(ctx, running)
		asked := time.Now()
		if !waitFor(ctx, nil, asked.Add(least)) || !waitFor(ctx, c.stale, asked.Add(wait)) {
			return
		}
	}
}

func (c *Consumer) metadata(ctx context.Context) (resp *kmsg.MetadataResponse, err error) {
	req := kmsg.NewPtrMetadataRequest()
	for _, name := range slices.Sorted(maps.Keys(c.topics)) {
		t := kmsg.NewMetadataRequestTopic()
		t.Topic = &name
		req.Topics = append(req.Topics, t)
	}
	err = c.within(ctx, askTime, "the cluster", func(ctx context.Context) error {
		resp, err = req.RequestWith(ctx, c.config.Kafka)
		return err
	})
	return resp, err
}

// update takes over what a broker knows of the topics. It returns false if something is missing.
func (c *Consumer) update(m *kmsg.MetadataResponse) bool {
	var missing []error
	c.mu.Lock()
	for i := range m.Topics {
		missing = append(missing, c.updateTopic(&m.Topics[i])...)
	}
	c.change()
	c.mu.Unlock()
	for _, err := range missing {
		c.Trouble(err)
	}
	return len(missing) == 0
}

// updateTopic returns what is missing. The caller holds mu.
func (c *Consumer) updateTopic(m *kmsg.MetadataResponseTopic) (missing []error) {
	if m.Topic == nil || c.topics[*m.Topic] == nil {
		return nil
	}
	name, t := *m.Topic, c.topics[*m.Topic]
	if err := kerr.ErrorForCode(m.ErrorCode); err != nil {
		t.later = t.later || err == kerr.UnknownTopicOrPartition
		return []error{TopicPartition{name, -1}.failed(err)}
	}
	var old map[TopicPartition]*partition
	id := m.TopicID
	if id == noID {
		id = t.id // brokers are upgraded one after the other
	}
	if t.id != noID && t.id != id { // it was made again
		old = maps.Clone(c.partitions)
		maps.DeleteFunc(c.partitions, func(tp TopicPartition, _ *partition) bool { return tp.Topic == name })
	}
	t.leaders = make(map[int32]int32)
	for i := range m.Partitions {
		p := &m.Partitions[i]
		t.leaders[p.Partition] = p.Leader
		if err := c.updatePartition(name, t, p, old); err != nil {
			missing = append(missing, err)
		}
	}
	switch {
	case old != nil:
		t.first = 0
	case !t.seen && !t.later:
		t.first = int32(len(m.Partitions))
	}
	t.id, t.seen, t.later = id, true, true
	for _, a := range c.options.Partitions {
		if a.Topic == name && c.partitions[a.TopicPartition] == nil {
			missing = append(missing, a.failed(kerr.UnknownTopicOrPartition))
		}
	}
	return missing
}

// updatePartition adds a partition if it is new and wanted, and notes its leader. It takes the place of an old
// one. The caller holds mu.
func (c *Consumer) updatePartition(name string, t *topic, m *kmsg.MetadataResponseTopicPartition, old map[TopicPartition]*partition) error {
	tp := TopicPartition{name, m.Partition}
	p := c.partitions[tp]
	if p == nil {
		before := old[tp]
		if p = c.wanted(tp, t); p == nil && before == nil {
			return nil
		}
		if p == nil {
			p = c.newPartition(tp, t)
		}
		c.partitions[tp] = p
		if before != nil {
			p.from, p.held, p.seek = Position{kind: earliest}, before.held, before.seek
			before.generation++
		}
	}
	p.leader, p.leaderEpoch = m.Leader, m.LeaderEpoch
	if err := kerr.ErrorForCode(m.ErrorCode); err != nil && m.Leader < 0 {
		return tp.failed(err)
	}
	return nil
}

// newPartition returns a partition that is read as all are. The caller holds mu.
func (c *Consumer) newPartition(tp TopicPartition, t *topic) *partition {
	return &partition{TopicPartition: tp, topic: t, from: c.options.From, until: c.options.Until, start: -1, end: -1, sentEpoch: -1, lastEpoch: -1, paused: c.rests(tp)}
}

// wanted returns a new partition with its bounds; nil: it isn't to be read, or not before it is assigned.
func (c *Consumer) wanted(tp TopicPartition, t *topic) *partition {
	if c.options.Assigned {
		return nil
	}
	p := c.newPartition(tp, t)
	if c.options.Partitions != nil {
		i := slices.IndexFunc(c.options.Partitions, func(a Assigned) bool { return a.TopicPartition == tp })
		if i < 0 {
			return nil
		}
		a := c.options.Partitions[i]
		p.untilAt = a.Until
		if a.From != nil {
			p.from = *a.From
		}
	}
	if t.later && p.from.kind != atOffset {
		p.from = Position{kind: earliest}
	}
	return p
}

// serveLeaders has those served that aren't.
func (c *Consumer) serveLeaders(ctx context.Context, running *sync.WaitGroup) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.partitions {
		if p.leader >= 0 && !c.leaders[p.leader] {
			c.leaders[p.leader] = true
			leader := p.leader
			running.Go(func() { c.serve(ctx, leader) })
		}
	}
}
