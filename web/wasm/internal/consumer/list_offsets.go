package consumer

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// What ListOffsets takes for a time.
const (
	timeOfEnd   = -1
	timeOfStart = -2
)

// The isolation levels of requests.
const (
	readUncommitted = 0
	readCommitted   = 1
)

func (c *Consumer) isolation() int8 {
	if c.options.Committed {
		return readCommitted
	}
	return readUncommitted
}

// listOffsets asks for the first offsets of a time or later, -1 if there is none. It leaves out searches that
// have failed, and those for which at returns false.
func (c *Consumer) listOffsets(
	ctx context.Context, leader int32, all []*search, isolation int8,
	at func(*search) (milliseconds int64, ok bool), found func(s *search, offset int64),
) error {
	req := kmsg.NewPtrListOffsetsRequest()
	req.IsolationLevel = isolation
	asked := make(map[TopicPartition]*search)
	topics := make(map[string]int) // where in req.Topics
	for _, s := range all {
		milliseconds, ok := at(s)
		if !ok || s.err != nil {
			continue
		}
		asked[s.TopicPartition] = s
		i, ok := topics[s.Topic]
		if !ok {
			i = len(req.Topics)
			topics[s.Topic] = i
			topic := kmsg.NewListOffsetsRequestTopic()
			topic.Topic = s.Topic
			req.Topics = append(req.Topics, topic)
		}
		p := kmsg.NewListOffsetsRequestTopicPartition()
		p.Partition, p.CurrentLeaderEpoch, p.Timestamp = s.Partition, s.epoch, milliseconds
		req.Topics[i].Partitions = append(req.Topics[i].Partitions, p)
	}
	if len(asked) == 0 {
		return nil
	}
	r, err := c.request(ctx, leader, req)
	if err != nil {
		return err
	}
	for _, topic := range r.(*kmsg.ListOffsetsResponse).Topics {
		for _, p := range topic.Partitions {
			tp := TopicPartition{topic.Topic, p.Partition}
			s := asked[tp]
			if s == nil {
				continue
			}
			delete(asked, tp)
			if s.err = kerr.ErrorForCode(p.ErrorCode); s.err == nil {
				s.timestamp = p.Timestamp
				found(s, p.Offset)
			}
		}
	}
	for _, s := range asked {
		s.err = kerr.UnknownTopicOrPartition
	}
	return nil
}
