package client

import (
	"context"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The describe methods fill in the state and the members of groups of one protocol.

func (c *client) describeClassic(ctx context.Context, details groupDetails) {
	req := kmsg.NewPtrDescribeGroupsRequest()
	if req.Groups = details.of("classic"); len(req.Groups) == 0 {
		return
	}
	for _, shard := range c.kafka.RequestSharded(ctx, req) {
		if shard.Err != nil {
			details.fail(shard.Req.(*kmsg.DescribeGroupsRequest).Groups, causeOf(ctx, shard.Err))
			continue
		}
		for _, rg := range shard.Resp.(*kmsg.DescribeGroupsResponse).Groups {
			g := details[rg.Group]
			if g == nil {
				continue
			}
			g.Coordinator, g.State, g.Error = shard.Meta.NodeID, rg.State, answerError(rg.ErrorCode, rg.ErrorMessage)
			for _, m := range rg.Members {
				g.addMember(groupAssignment{m.MemberID, m.ClientID, m.ClientHost, classicAssignment(rg.ProtocolType, m.MemberAssignment)})
			}
		}
	}
}

// classicAssignment decodes what a consumer is assigned; nothing for other users of groups, such as Connect.
func classicAssignment(protocolType string, assignment []byte) (partitions []groupPartition) {
	var a kmsg.ConsumerMemberAssignment
	if protocolType != "consumer" || len(assignment) == 0 || a.ReadFrom(assignment) != nil {
		return nil
	}
	for _, t := range a.Topics {
		partitions = addPartitions(partitions, t.Topic, t.Partitions)
	}
	return partitions
}

func (c *client) describeConsumer(ctx context.Context, details groupDetails) {
	req := kmsg.NewPtrConsumerGroupDescribeRequest()
	if req.Groups = details.of("consumer"); len(req.Groups) == 0 {
		return
	}
	for _, shard := range c.kafka.RequestSharded(ctx, req) {
		if shard.Err != nil {
			details.fail(shard.Req.(*kmsg.ConsumerGroupDescribeRequest).Groups, causeOf(ctx, shard.Err))
			continue
		}
		for _, rg := range shard.Resp.(*kmsg.ConsumerGroupDescribeResponse).Groups {
			g := details[rg.Group]
			if g == nil {
				continue
			}
			g.Coordinator, g.State, g.Error = shard.Meta.NodeID, rg.State, answerError(rg.ErrorCode, rg.ErrorMessage)
			for _, m := range rg.Members {
				var partitions []groupPartition
				for _, t := range m.Assignment.TopicPartitions {
					partitions = addPartitions(partitions, t.Topic, t.Partitions)
				}
				g.addMember(groupAssignment{m.MemberID, m.ClientID, m.ClientHost, partitions})
			}
		}
	}
}

func (c *client) describeShare(ctx context.Context, details groupDetails) {
	req := kmsg.NewPtrShareGroupDescribeRequest()
	if req.GroupIDs = details.of("share"); len(req.GroupIDs) == 0 {
		return
	}
	for _, shard := range c.kafka.RequestSharded(ctx, req) {
		if shard.Err != nil {
			details.fail(shard.Req.(*kmsg.ShareGroupDescribeRequest).GroupIDs, causeOf(ctx, shard.Err))
			continue
		}
		for _, rg := range shard.Resp.(*kmsg.ShareGroupDescribeResponse).Groups {
			g := details[rg.GroupID]
			if g == nil {
				continue
			}
			g.Coordinator, g.State, g.Error = shard.Meta.NodeID, rg.GroupState, answerError(rg.ErrorCode, rg.ErrorMessage)
			for _, m := range rg.Members {
				var partitions []groupPartition
				for _, t := range m.Assignment.TopicPartitions {
					partitions = addPartitions(partitions, t.Topic, t.Partitions)
				}
				g.addMember(groupAssignment{m.MemberID, m.ClientID, m.ClientHost, partitions})
			}
		}
	}
}

// addPartitions adds partitions of one topic.
func addPartitions(all []groupPartition, topic string, partitions []int32) []groupPartition {
	for _, p := range partitions {
		all = append(all, groupPartition{topic, p})
	}
	return all
}
