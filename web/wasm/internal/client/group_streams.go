package client

import (
	"context"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func (c *client) describeStreams(ctx context.Context, details groupDetails) {
	ids := details.of("streams")
	if len(ids) == 0 {
		return
	}
	coordinators, err := c.coordinators(ctx, details, ids)
	if err != nil {
		details.fail(ids, causeOf(ctx, err))
		return
	}
	for node, ids := range coordinators {
		req := kmsg.NewPtrStreamsGroupDescribeRequest()
		req.Groups = ids
		// franz-go doesn't find the coordinators of this request itself.
		resp, err := c.kafka.Broker(int(node)).RetriableRequest(ctx, req)
		if err != nil {
			details.fail(ids, causeOf(ctx, err))
			continue
		}
		for _, rg := range resp.(*kmsg.StreamsGroupDescribeResponse).Groups {
			if g := details[rg.Group]; g != nil {
				g.Coordinator = node
				g.addStreams(rg)
			}
		}
	}
}

// coordinators finds the coordinators of groups. A group whose coordinator isn't known gets an error.
func (c *client) coordinators(ctx context.Context, details groupDetails, ids []string) (map[int32][]string, error) {
	req := kmsg.NewPtrFindCoordinatorRequest()
	req.CoordinatorKeys = ids
	resp, err := req.RequestWith(ctx, c.kafka)
	if err != nil {
		return nil, err
	}
	nodes := make(map[int32][]string)
	for _, found := range resp.Coordinators {
		if e := answerError(found.ErrorCode, found.ErrorMessage); e != nil {
			details.fail([]string{found.Key}, e)
			continue
		}
		nodes[found.NodeID] = append(nodes[found.NodeID], found.Key)
	}
	return nodes, nil
}

// addStreams fills in the state and the members. A member has the partitions that its active tasks read.
func (g *groupDetail) addStreams(rg kmsg.StreamsGroupDescribeResponseGroup) {
	g.State, g.Error = rg.State, answerError(rg.ErrorCode, rg.ErrorMessage)
	read := make(map[string][]string) // the topics of each subtopology
	if rg.Topology != nil {
		for _, s := range rg.Topology.Subtopologies {
			topics := s.SourceTopics
			for _, t := range s.RepartitionSourceTopics {
				topics = append(topics, t.Topic)
			}
			read[s.SubtopologyID] = topics
		}
	}
	for _, m := range rg.Members {
		var partitions []groupPartition
		for _, task := range m.Assignment.ActiveTasks {
			for _, topic := range read[task.SubtopologyID] {
				partitions = addPartitions(partitions, topic, task.Partitions)
			}
		}
		g.addMember(groupAssignment{m.MemberID, m.ClientID, m.ClientHost, partitions})
	}
}
