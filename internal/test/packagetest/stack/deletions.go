package stack

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// A Deletion is of the records of a partition before an offset.
type Deletion struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Before    int64  `json:"before"`
}

func (s topics) deleteRecords(ctx context.Context, d Deletion) error {
	req := kmsg.NewPtrDeleteRecordsRequest()
	topic := kmsg.NewDeleteRecordsRequestTopic()
	topic.Topic = d.Topic
	p := kmsg.NewDeleteRecordsRequestTopicPartition()
	p.Partition, p.Offset = d.Partition, d.Before
	topic.Partitions = append(topic.Partitions, p)
	req.Topics = append(req.Topics, topic)
	return s.with(func(cl *kgo.Client) error {
		resp, err := req.RequestWith(ctx, cl)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(resp.Topics[0].Partitions[0].ErrorCode)
	})
}

// remove deletes a topic, of which it needs the name.
func (s topics) remove(ctx context.Context, t Topic) error {
	req := kmsg.NewPtrDeleteTopicsRequest()
	req.TopicNames = []string{t.Name}
	topic := kmsg.NewDeleteTopicsRequestTopic()
	topic.Topic = &t.Name
	req.Topics = append(req.Topics, topic)
	return s.with(func(cl *kgo.Client) error {
		resp, err := req.RequestWith(ctx, cl)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(resp.Topics[0].ErrorCode)
	})
}
