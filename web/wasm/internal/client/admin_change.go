package client

import (
	"context"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// changeMillis is how long brokers may take to have done a change, less than requestTimeout.
const changeMillis = 8000

// createTopic creates a topic.
func (c *client) createTopic(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Name         string            `json:"name"`
		Partitions   int32             `json:"partitions"`  // -1: the brokers' default
		Replication  int16             `json:"replication"` // -1: the brokers' default
		Configs      map[string]string `json:"configs"`
		ValidateOnly bool              `json:"validateOnly"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	change, err := c.change("createTopic", int16(kmsg.CreateTopics))
	if err != nil {
		return nil, err
	}
	t := kmsg.NewCreateTopicsRequestTopic()
	t.Topic, t.NumPartitions, t.ReplicationFactor = o.Name, o.Partitions, o.Replication
	for _, name := range slices.Sorted(maps.Keys(o.Configs)) {
		config := kmsg.NewCreateTopicsRequestTopicConfig()
		config.Name, config.Value = name, kmsg.StringPtr(o.Configs[name])
		t.Configs = append(t.Configs, config)
	}
	req := kmsg.NewPtrCreateTopicsRequest()
	req.Topics, req.TimeoutMillis, req.ValidateOnly = append(req.Topics, t), changeMillis, o.ValidateOnly
	resp, err := ask(ctx, c, req.RequestWith)
	if err != nil {
		return nil, change.failed(ctx, err, o.Name)
	}
	if len(resp.Topics) == 0 {
		return nil, change.unanswered(o.Name)
	}
	for _, t := range resp.Topics {
		if err := change.topicAnswered(o.Name, t.ErrorCode, t.ErrorMessage); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// createPartitions adds partitions to a topic, until it has as many as total.
func (c *client) createPartitions(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Topic string `json:"topic"`
		Total int32  `json:"total"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	change, err := c.change("createPartitions", int16(kmsg.CreatePartitions))
	if err != nil {
		return nil, err
	}
	t := kmsg.NewCreatePartitionsRequestTopic()
	t.Topic, t.Count = o.Topic, o.Total
	req := kmsg.NewPtrCreatePartitionsRequest()
	req.Topics, req.TimeoutMillis = append(req.Topics, t), changeMillis
	resp, err := ask(ctx, c, req.RequestWith)
	if err != nil {
		return nil, change.failed(ctx, err, o.Topic)
	}
	if len(resp.Topics) == 0 {
		return nil, change.unanswered(o.Topic)
	}
	for _, t := range resp.Topics {
		if err := change.topicAnswered(o.Topic, t.ErrorCode, t.ErrorMessage); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// deleteTopic deletes a topic.
func (c *client) deleteTopic(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Name string `json:"name"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	change, err := c.change("deleteTopic", int16(kmsg.DeleteTopics))
	if err != nil {
		return nil, err
	}
	t := kmsg.NewDeleteTopicsRequestTopic()
	t.Topic = &o.Name
	req := kmsg.NewPtrDeleteTopicsRequest()
	req.Topics, req.TopicNames, req.TimeoutMillis = append(req.Topics, t), []string{o.Name}, changeMillis
	resp, err := ask(ctx, c, req.RequestWith)
	if err != nil {
		return nil, change.failed(ctx, err, o.Name)
	}
	if len(resp.Topics) == 0 {
		return nil, change.unanswered(o.Name)
	}
	for _, t := range resp.Topics {
		if err := change.topicAnswered(o.Name, t.ErrorCode, t.ErrorMessage); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// deleteGroup deletes a group that has no members.
func (c *client) deleteGroup(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		ID string `json:"id"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	change, err := c.change("deleteGroup", int16(kmsg.DeleteGroups))
	if err != nil {
		return nil, err
	}
	req := kmsg.NewPtrDeleteGroupsRequest()
	req.Groups = []string{o.ID}
	resp, err := ask(ctx, c, req.RequestWith)
	if err != nil {
		return nil, change.failed(ctx, err, "")
	}
	if len(resp.Groups) == 0 {
		return nil, change.unanswered("")
	}
	for _, g := range resp.Groups {
		if err := change.topicAnswered("", g.ErrorCode, nil); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
