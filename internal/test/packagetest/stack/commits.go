package stack

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// A Commit is of an offset, for a group that has no members.
type Commit struct {
	Group     string `json:"group"`
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

func (s topics) commit(ctx context.Context, c Commit) error {
	req := kmsg.NewPtrOffsetCommitRequest()
	req.Group = c.Group
	topic := kmsg.NewOffsetCommitRequestTopic()
	topic.Topic = c.Topic
	p := kmsg.NewOffsetCommitRequestTopicPartition()
	p.Partition, p.Offset = c.Partition, c.Offset
	topic.Partitions = append(topic.Partitions, p)
	req.Topics = append(req.Topics, topic)
	return s.with(func(cl *kgo.Client) error {
		resp, err := req.RequestWith(ctx, cl)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(resp.Topics[0].Partitions[0].ErrorCode)
	}, kgo.MaxVersions(kversion.V4_0_0())) // later requests have the id of a topic, and not its name
}
