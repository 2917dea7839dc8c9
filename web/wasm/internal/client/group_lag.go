package client

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// measureLag fills in how far groups are behind the ends of what they have committed.
func (c *client) measureLag(ctx context.Context, details groupDetails) {
	names := make(map[string]struct{})
	for _, g := range details {
		for _, o := range g.Offsets {
			names[o.Topic] = struct{}{}
		}
	}
	if len(names) == 0 {
		return
	}
	topics, err := c.topicsNamed(ctx, names)
	if err != nil {
		for id := range details {
			details.fail([]string{id}, err)
		}
		return
	}
	ends := c.locate(ctx, topics, consumer.Latest)
	for _, g := range details {
		g.addLag(ends)
	}
}

// topicsNamed asks for topics. One that can't be described has no partitions.
func (c *client) topicsNamed(ctx context.Context, names map[string]struct{}) ([]kmsg.MetadataResponseTopic, error) {
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{}
	for name := range names {
		req.Topics = append(req.Topics, kmsg.MetadataRequestTopic{Topic: &name})
	}
	resp, err := askAny[*kmsg.MetadataResponse](ctx, c, req)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(resp.Topics, func(t kmsg.MetadataResponseTopic) bool { return t.Topic == nil }), nil
}

// addLag fills in the ends, and the lag that isn't known yet. The group's own lag is known if that of each
// partition is, and if it has committed any.
func (g *groupDetail) addLag(ends foundOffsets) {
	var sum int64
	isKnown := len(g.Offsets) > 0
	for i := range g.Offsets {
		o := &g.Offsets[i]
		end := ends.of(o.Topic, o.Partition)
		if end.err != nil {
			isKnown = false
			o.Error = cmp.Or(o.Error, end.err)
			g.Error = cmp.Or(g.Error, o.Error)
			continue
		}
		o.End = &end.End
		if o.Committed != nil && o.Lag == nil {
			lag := max(end.End-*o.Committed, 0)
			o.Lag = &lag
		}
		switch {
		case o.Lag != nil:
			sum += *o.Lag
		case o.Error != nil:
			isKnown = false
			g.Error = cmp.Or(g.Error, o.Error)
		}
	}
	if isKnown {
		g.Lag = &sum
	}
}

const (
	// maxTimed bounds the partitions of which the lag in time is found out: each costs a fetched batch.
	maxTimed = 64
	// timedWithin bounds the wait for them.
	timedWithin = 3 * time.Second
)

// measureLagMs fills in for how long the first record that isn't committed has been there. Of the partitions with
// lag it takes those with the most.
func (c *client) measureLagMs(ctx context.Context, g *groupDetail) {
	ctx, cancel := context.WithTimeout(ctx, timedWithin)
	defer cancel()
	behind := make([]*groupOffset, 0, len(g.Offsets))
	for i := range g.Offsets {
		o := &g.Offsets[i]
		switch {
		case o.Lag == nil || o.Committed == nil:
		case *o.Lag == 0:
			o.LagMs = new(float64)
		default:
			behind = append(behind, o)
		}
	}
	slices.SortFunc(behind, func(a, b *groupOffset) int { return cmp.Compare(*b.Lag, *a.Lag) })
	behind = behind[:min(len(behind), maxTimed)]
	names := make(map[string]struct{})
	at := make(map[consumer.TopicPartition]int64)
	for _, o := range behind {
		names[o.Topic] = struct{}{}
		at[consumer.TopicPartition{Topic: o.Topic, Partition: o.Partition}] = *o.Committed
	}
	if len(names) == 0 {
		return
	}
	topics, err := c.topicsNamed(ctx, names)
	if err != nil {
		return
	}
	times := consumer.Times(ctx, c.asking(), topics, at)
	now := time.Now().UnixMilli()
	for _, o := range behind {
		if written, ok := times[consumer.TopicPartition{Topic: o.Topic, Partition: o.Partition}]; ok && written >= 0 {
			ms := float64(max(now-written, 0))
			o.LagMs = &ms
		}
	}
}
