package group

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// Commit commits offsets of partitions that are assigned. While the group assigns partitions anew, it waits for
// the end of that, and fails for those that are no longer this member's. The member doesn't leave its group before the
// commit has ended, or before its time for that has.
func (m *Member) Commit(ctx context.Context, offsets []Offset) error {
	m.mu.Lock()
	kafka := m.kafka
	if m.commits++; m.commits == 1 {
		m.committed = make(chan struct{})
	}
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.commits--; m.commits == 0 {
			close(m.committed)
		}
	}()
	if kafka == nil { // nothing is assigned yet
		return m.owns(offsets)
	}
	return m.commit(ctx, kafka, offsets)
}

// awaitCommits waits for the commits that are under way, for as long as limit or until ctx ends.
func (m *Member) awaitCommits(ctx context.Context, limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	m.mu.Lock()
	committed := m.committed
	m.mu.Unlock()
	if committed == nil {
		return
	}
	select {
	case <-committed:
	case <-ctx.Done():
	}
}

// commitTimeout bounds a commit, with the time that a rebalance takes.
const commitTimeout = 10 * time.Second

var errSlow = fmt.Errorf("the group didn't take the offsets within %v: %w", commitTimeout, context.DeadlineExceeded)

func (m *Member) commit(ctx context.Context, kafka *kgo.Client, offsets []Offset) (err error) {
	if len(offsets) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, commitTimeout, errSlow)
	defer cancel()
	byTopic := make(map[string]map[int32]kgo.EpochOffset)
	for _, o := range offsets {
		if byTopic[o.Topic] == nil {
			byTopic[o.Topic] = make(map[int32]kgo.EpochOffset)
		}
		byTopic[o.Topic][o.Partition] = kgo.EpochOffset{Epoch: -1, Offset: o.Offset}
	}
	ctx = kgo.PreCommitFnContext(ctx, func(*kmsg.OffsetCommitRequest) error { return m.owns(offsets) })
	kafka.CommitOffsetsSync(ctx, byTopic, func(_ *kgo.Client, req *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, failed error) {
		if err = failed; err == nil {
			err = firstError(req, resp)
		}
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.fenced = m.fenced || isFenced(err)
		if context.Cause(ctx) == errSlow {
			return errSlow
		}
		return err
	}
	for _, o := range offsets {
		if _, ok := m.assigned[o.TopicPartition]; ok {
			m.assigned[o.TopicPartition] = o.Offset
		}
	}
	return nil
}

// owns fails unless all of the partitions are assigned: a broker would take the offsets of others', too.
func (m *Member) owns(offsets []Offset) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range offsets {
		if _, ok := m.assigned[o.TopicPartition]; !ok {
			return &consumer.Error{Topic: o.Topic, Partition: o.Partition, Err: consumer.ErrNotAssigned}
		}
	}
	return nil
}

// firstError is that of the first partition that a broker refused.
func firstError(req *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse) error {
	names := make(map[[16]byte]string)
	for _, t := range req.Topics {
		names[t.TopicID] = t.Topic
	}
	for _, t := range resp.Topics {
		if t.Topic == "" {
			t.Topic = names[t.TopicID]
		}
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return &consumer.Error{Topic: t.Topic, Partition: p.Partition, Err: err}
			}
		}
	}
	return nil
}

// commitNew commits those of the offsets that aren't committed yet.
func (m *Member) commitNew(ctx context.Context, kafka *kgo.Client, offsets []Offset) error {
	var fresh []Offset
	m.mu.Lock()
	for _, o := range offsets {
		if committed, ok := m.assigned[o.TopicPartition]; ok && committed != o.Offset {
			fresh = append(fresh, o)
		}
	}
	m.mu.Unlock()
	return m.commit(ctx, kafka, fresh)
}

// commitOften commits what the page's loop has finished with, until ctx ends.
func (m *Member) commitOften(ctx context.Context, kafka *kgo.Client) {
	ticks := time.NewTicker(commitInterval)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		finished, err := m.config.Finished(ctx)
		if err != nil {
			return // there is no page any more
		}
		if err := m.commitNew(ctx, kafka, finished); err != nil && !isRebalance(err) {
			m.config.Reader.Trouble(err)
		}
	}
}
