package client

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A topicSummary counts what a page lists of a topic.
type topicSummary struct {
	Name            string      `json:"name"`
	Internal        bool        `json:"internal"`
	Partitions      int         `json:"partitions"`
	Replication     int         `json:"replication"`
	Offline         int         `json:"offline"` // partitions without a leader
	UnderReplicated int         `json:"underReplicated"`
	UnderMinISR     int         `json:"underMinIsr"`
	Error           *port.Error `json:"error,omitzero"`
}

// A topicDetail has the layout, too.
type topicDetail struct {
	topicSummary
	ID     string            `json:"id"`
	Layout []partitionLayout `json:"layout"`
}

type partitionLayout struct {
	ID       int32       `json:"id"`
	Leader   int32       `json:"leader"` // -1: none
	Replicas []int32     `json:"replicas"`
	ISR      []int32     `json:"isr"`
	Start    *int64      `json:"start"` // nil: Error says why
	End      *int64      `json:"end"`
	Error    *port.Error `json:"error,omitzero"`
}

// topics lists topics by name. It asks one broker for all, and one for min.insync.replicas of all.
func (c *client) topics(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Internal bool `json:"internal"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = nil // all
	resp, err := askAny[*kmsg.MetadataResponse](ctx, c, req)
	if err != nil {
		return nil, err
	}
	var listed []kmsg.MetadataResponseTopic
	for _, t := range resp.Topics {
		if t.Topic != nil && (o.Internal || !t.IsInternal) {
			listed = append(listed, t)
		}
	}
	slices.SortFunc(listed, func(a, b kmsg.MetadataResponseTopic) int { return strings.Compare(*a.Topic, *b.Topic) })
	leasts := c.minISRs(ctx, listed)
	summaries := make([]topicSummary, len(listed))
	for i, t := range listed {
		summaries[i] = summarize(t, leasts[*t.Topic])
	}
	return summaries, nil
}

// topic returns one topic with its partitions' offsets.
func (c *client) topic(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Name string `json:"name"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	t, err := c.topicPartitions(ctx, o.Name, nil)
	if err != nil {
		return nil, err
	}
	topics := []kmsg.MetadataResponseTopic{t}
	found := c.locate(ctx, topics, consumer.Latest)
	d := topicDetail{summarize(t, c.minISRs(ctx, topics)[o.Name]), base64.RawURLEncoding.EncodeToString(t.TopicID[:]), nil}
	for _, p := range t.Partitions {
		d.Layout = append(d.Layout, layout(p, found.of(o.Name, p.Partition)))
	}
	return d, nil
}

func layout(p kmsg.MetadataResponseTopicPartition, found foundOffset) partitionLayout {
	l := partitionLayout{ID: p.Partition, Leader: p.Leader, Replicas: p.Replicas, ISR: p.ISR, Error: found.err}
	if found.err == nil {
		l.Start, l.End = &found.Start, &found.End
	}
	return l
}

// A minISR is what a topic has for min.insync.replicas, or why that isn't known.
type minISR struct {
	replicas int
	err      *port.Error
}

// summarize counts a topic's partitions. If its min.insync.replicas isn't known, the topic has that error, and
// none of its partitions is counted as having too few.
func summarize(t kmsg.MetadataResponseTopic, least minISR) topicSummary {
	s := topicSummary{Name: *t.Topic, Internal: t.IsInternal, Partitions: len(t.Partitions)}
	if err := answerError(t.ErrorCode, nil); err != nil {
		err.Topic = s.Name
		s.Error = err
		return s
	}
	s.Error = least.err
	for _, p := range t.Partitions {
		s.Replication = max(s.Replication, len(p.Replicas))
		if p.Leader < 0 {
			s.Offline++
		}
		if len(p.ISR) < len(p.Replicas) {
			s.UnderReplicated++
		}
		if len(p.ISR) < least.replicas {
			s.UnderMinISR++
		}
	}
	return s
}

const minISRName = "min.insync.replicas"

// minISRs asks for the min.insync.replicas of topics.
func (c *client) minISRs(ctx context.Context, topics []kmsg.MetadataResponseTopic) map[string]minISR {
	leasts := make(map[string]minISR, len(topics))
	req := kmsg.NewPtrDescribeConfigsRequest()
	for _, t := range topics {
		leasts[*t.Topic] = minISR{err: &port.Error{Code: codeUnknown, Message: "no broker told " + minISRName, Topic: *t.Topic}}
		r := kmsg.NewDescribeConfigsRequestResource()
		r.ResourceType, r.ResourceName, r.ConfigNames = kmsg.ConfigResourceTypeTopic, *t.Topic, []string{minISRName}
		req.Resources = append(req.Resources, r)
	}
	if len(topics) == 0 {
		return leasts
	}
	resp, err := askAny[*kmsg.DescribeConfigsResponse](ctx, c, req)
	if err != nil {
		for topic := range leasts {
			e := *describe(err)
			e.Topic = topic
			leasts[topic] = minISR{err: &e}
		}
		return leasts
	}
	for _, r := range resp.Resources {
		if e := answerError(r.ErrorCode, r.ErrorMessage); e != nil {
			e.Topic = r.ResourceName
			leasts[r.ResourceName] = minISR{err: e}
			continue
		}
		for _, config := range r.Configs {
			if config.Value == nil {
				continue
			}
			if n, err := strconv.Atoi(*config.Value); err == nil {
				leasts[r.ResourceName] = minISR{replicas: n}
			}
		}
	}
	return leasts
}
