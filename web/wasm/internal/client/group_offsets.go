package client

import (
	"context"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// fetchOffsets fills in what groups have committed.
func (c *client) fetchOffsets(ctx context.Context, details groupDetails) {
	req := kmsg.NewPtrOffsetFetchRequest()
	for id, g := range details {
		if g.Error == nil {
			rg := kmsg.NewOffsetFetchRequestGroup()
			rg.Group, rg.Topics = id, nil // all
			req.Groups = append(req.Groups, rg)
		}
	}
	if len(req.Groups) == 0 {
		return
	}
	for _, shard := range c.kafka.RequestSharded(ctx, req) {
		asked := shard.Req.(*kmsg.OffsetFetchRequest)
		if shard.Err != nil {
			for _, rg := range asked.Groups {
				details.fail([]string{rg.Group}, causeOf(ctx, shard.Err))
			}
			continue
		}
		for _, rg := range shard.Resp.(*kmsg.OffsetFetchResponse).Groups {
			if g := details[rg.Group]; g != nil {
				if rg.ErrorCode != groupIDNotFound { // it has committed nothing
					g.Error = answerError(rg.ErrorCode, nil)
				}
				g.addOffsets(rg)
			}
		}
	}
}

func (g *groupDetail) addOffsets(rg kmsg.OffsetFetchResponseGroup) {
	for _, t := range rg.Topics {
		for _, p := range t.Partitions {
			o := groupOffset{Topic: t.Topic, Partition: p.Partition, Error: partitionError(t.Topic, p.Partition, p.ErrorCode)}
			if p.Offset >= 0 && o.Error == nil {
				o.Committed = &p.Offset
			}
			if p.Metadata != nil {
				o.Metadata = *p.Metadata
			}
			g.Offsets = append(g.Offsets, o)
		}
	}
	slices.SortFunc(g.Offsets, func(a, b groupOffset) int {
		if a.Topic != b.Topic {
			return strings.Compare(a.Topic, b.Topic)
		}
		return int(a.Partition - b.Partition)
	})
}

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
	ends := c.listOffsets(ctx, topics, latest)
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
	resp, err := ask(ctx, c, req.RequestWith)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(resp.Topics, func(t kmsg.MetadataResponseTopic) bool { return t.Topic == nil }), nil
}

// addLag fills in the ends and the lag. The group's own lag is known if that of each partition is, and if it has
// committed any.
func (g *groupDetail) addLag(ends foundOffsets) {
	var sum int64
	isKnown := len(g.Offsets) > 0
	for i := range g.Offsets {
		o := &g.Offsets[i]
		end, ok := ends[topicPartition{o.Topic, o.Partition}]
		switch {
		case !ok:
			end.err = ofPartition(errNoPartition, o.Topic, o.Partition)
			fallthrough
		case end.err != nil:
			isKnown = false
			if o.Error == nil {
				o.Error = end.err
			}
			if g.Error == nil {
				g.Error = end.err
			}
			continue
		}
		o.End = &end.offset
		if o.Committed != nil {
			lag := max(end.offset-*o.Committed, 0)
			o.Lag = &lag
			sum += lag
		}
	}
	if isKnown {
		g.Lag = &sum
	}
}

var errNoPartition = answerError(3, nil) // UNKNOWN_TOPIC_OR_PARTITION
