package stack

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// commitInterval is how often a Member commits.
const commitInterval = 200 * time.Millisecond

// A Member joins a group, reads a topic from its beginning and commits, until the stack's test ends.
type Member struct {
	Group    string `json:"group"`
	Topic    string `json:"topic"`
	ClientID string `json:"clientId"`
	Idle     bool   `json:"idle"` // it reads and commits nothing
}

// join returns when the member has partitions.
func (s topics) join(t *testing.T) func(context.Context, Member) error {
	return func(ctx context.Context, m Member) error {
		assigned := make(chan struct{})
		once := sync.OnceFunc(func() { close(assigned) })
		cl, err := kgo.NewClient(kgo.SeedBrokers(s.brokers...), kgo.ConsumerGroup(m.Group), kgo.ConsumeTopics(m.Topic), kgo.ClientID(m.ClientID),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.AutoCommitInterval(commitInterval),
			kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { once() }))
		if err != nil {
			return err
		}
		reading := make(chan struct{})
		go func() {
			defer close(reading)
			for !m.Idle && !cl.PollFetches(context.Background()).IsClientClosed() {
			}
		}()
		t.Cleanup(func() {
			cl.Close()
			<-reading
		})
		select {
		case <-assigned:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
