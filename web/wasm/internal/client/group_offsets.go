package client

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// fetchOffsets fills in what groups have committed. Share groups commit nothing.
func (c *client) fetchOffsets(ctx context.Context, details groupDetails) {
	req := kmsg.NewPtrOffsetFetchRequest()
	for id, g := range details {
		if g.Error == nil && g.Protocol != "share" {
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
	g.sortOffsets()
}

func (g *groupDetail) sortOffsets() {
	slices.SortFunc(g.Offsets, func(a, b groupOffset) int {
		return cmp.Or(strings.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
}

// fetchShareOffsets fills in where share groups begin: all before it is acknowledged. Their brokers tell the lag,
// from Kafka 4.2 on.
func (c *client) fetchShareOffsets(ctx context.Context, details groupDetails) {
	req := kmsg.NewPtrDescribeShareGroupOffsetsRequest()
	for id, g := range details {
		if g.Error == nil && g.Protocol == "share" {
			rg := kmsg.NewDescribeShareGroupOffsetsRequestGroup()
			rg.GroupID, rg.Topics = id, nil // all
			req.Groups = append(req.Groups, rg)
		}
	}
	if len(req.Groups) == 0 {
		return
	}
	for _, shard := range c.kafka.RequestSharded(ctx, req) {
		if shard.Err != nil {
			for _, rg := range shard.Req.(*kmsg.DescribeShareGroupOffsetsRequest).Groups {
				details.fail([]string{rg.GroupID}, causeOf(ctx, shard.Err))
			}
			continue
		}
		for _, rg := range shard.Resp.(*kmsg.DescribeShareGroupOffsetsResponse).Groups {
			if g := details[rg.GroupID]; g != nil {
				g.Error = answerError(rg.ErrorCode, rg.ErrorMessage)
				g.addShareOffsets(rg)
			}
		}
	}
}

func (g *groupDetail) addShareOffsets(rg kmsg.DescribeShareGroupOffsetsResponseGroup) {
	for _, t := range rg.Topics {
		for _, p := range t.Partitions {
			o := groupOffset{Topic: t.Topic, Partition: p.Partition, Error: ofPartition(answerError(p.ErrorCode, p.ErrorMessage), t.Topic, p.Partition)}
			if p.StartOffset >= 0 && o.Error == nil {
				o.Committed = &p.StartOffset
				if p.Lag >= 0 {
					o.Lag = &p.Lag
				}
			}
			g.Offsets = append(g.Offsets, o)
		}
	}
	g.sortOffsets()
}
