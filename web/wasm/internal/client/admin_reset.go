package client

import (
	"context"
	"encoding/json"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// resetOptions say where a group is to go on.
type resetOptions struct {
	Group   string `json:"group"`
	Preview bool   `json:"preview"` // changes nothing
	To      []struct {
		Topic      string  `json:"topic"`
		Partitions []int32 `json:"partitions"` // nil: all
		To         resetTo `json:"to"`
	} `json:"to"`
}

// A resetTo is a position, or what the group has committed.
type resetTo struct {
	committed bool
	position  consumer.Position
}

func (t *resetTo) UnmarshalJSON(b []byte) error {
	if t.committed = string(b) == `"committed"`; t.committed {
		return nil
	}
	return json.Unmarshal(b, &t.position)
}

// An offsetChange is of one partition. With an error it isn't done.
type offsetChange struct {
	Topic     string      `json:"topic"`
	Partition int32       `json:"partition"`
	From      *int64      `json:"from"` // nil: nothing was committed
	To        int64       `json:"to"`   // -1: not known
	Error     *port.Error `json:"error,omitzero"`
}

// resetOffsets commits other offsets for a group without members. Brokers refuse it for one that has some.
func (c *client) resetOffsets(ctx context.Context, call *port.Call) (any, error) {
	var o resetOptions
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	change, err := c.change("resetOffsets", int16(kmsg.OffsetCommit))
	if err != nil && !o.Preview {
		return nil, err
	}
	committed, err := c.committed(ctx, o.Group)
	if err != nil {
		return nil, err
	}
	var changes []offsetChange
	ids := make(map[string][16]byte)
	for _, to := range o.To {
		t, err := c.topicPartitions(ctx, to.Topic, to.Partitions)
		if err != nil {
			return nil, err
		}
		ids[to.Topic] = t.TopicID
		if to.To.committed {
			changes = append(changes, keep(t, committed)...)
			continue
		}
		found := c.locate(ctx, []kmsg.MetadataResponseTopic{t}, to.To.position)
		for _, p := range t.Partitions {
			f := found.of(to.Topic, p.Partition)
			if f.err != nil {
				f.Offset = noOffset
			}
			changes = append(changes, offsetChange{to.Topic, p.Partition, committed[topicPartition{to.Topic, p.Partition}], f.Offset, f.err})
		}
	}
	if o.Preview {
		return changes, nil
	}
	return changes, c.commit(ctx, change, o.Group, changes, ids)
}

// keep are the changes that leave partitions of a topic as they are. One of which nothing is committed has an
// error.
func keep(t kmsg.MetadataResponseTopic, committed map[topicPartition]*int64) (changes []offsetChange) {
	for _, p := range t.Partitions {
		ch := offsetChange{Topic: *t.Topic, Partition: p.Partition, From: committed[topicPartition{*t.Topic, p.Partition}], To: noOffset}
		if ch.From != nil {
			ch.To = *ch.From
		} else {
			ch.Error = ofPartition(port.Mismatch("committed: the group has committed nothing of this partition"), ch.Topic, ch.Partition)
		}
		changes = append(changes, ch)
	}
	return changes
}

// committed are the offsets that a group has committed.
func (c *client) committed(ctx context.Context, group string) (map[topicPartition]*int64, error) {
	details := make(groupDetails)
	err := untilCoordinated(ctx, func(ctx context.Context) *port.Error {
		details[group] = new(groupDetail)
		c.fetchOffsets(ctx, details)
		return details[group].Error
	})
	if err != nil {
		return nil, err
	}
	offsets := make(map[topicPartition]*int64)
	for _, o := range details[group].Offsets {
		offsets[topicPartition{o.Topic, o.Partition}] = o.Committed
	}
	return offsets, nil
}

// commit commits the changes that change something and have no error, and notes the error of each that a broker refuses.
func (c *client) commit(ctx context.Context, change *changeRequest, group string, changes []offsetChange, ids map[string][16]byte) error {
	req := kmsg.NewPtrOffsetCommitRequest()
	req.Group, req.Generation = group, -1 // of no member
	topics := make(map[string]*kmsg.OffsetCommitRequestTopic)
	var sent []*offsetChange
	for i := range changes {
		ch := &changes[i]
		if ch.Error != nil || ch.From != nil && *ch.From == ch.To {
			continue
		}
		sent = append(sent, ch)
		t := topics[ch.Topic]
		if t == nil {
			fresh := kmsg.NewOffsetCommitRequestTopic()
			t = &fresh
			t.Topic, t.TopicID = ch.Topic, ids[ch.Topic]
			topics[ch.Topic] = t
		}
		p := kmsg.NewOffsetCommitRequestTopicPartition()
		p.Partition, p.Offset = ch.Partition, ch.To
		t.Partitions = append(t.Partitions, p)
	}
	if len(topics) == 0 {
		return nil
	}
	for _, t := range topics {
		req.Topics = append(req.Topics, *t)
	}
	resp, err := ask(ctx, c, req.RequestWith)
	if err != nil {
		return change.failed(ctx, err, "")
	}
	for _, ch := range sent {
		ch.Error = ofPartition(change.unanswered(ch.Topic), ch.Topic, ch.Partition)
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			for _, ch := range sent {
				if ch.Partition == p.Partition && (ch.Topic == t.Topic || t.Topic == "" && ids[ch.Topic] == t.TopicID) {
					ch.Error = ofPartition(change.answered(p.ErrorCode, nil), ch.Topic, p.Partition)
				}
			}
		}
	}
	return nil
}
