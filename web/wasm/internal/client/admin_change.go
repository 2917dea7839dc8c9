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

// createTopic creates a topic, and waits for its leaders.
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
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	err = requestChange(ctx, change, o.Name, req.RequestWith, func(resp *kmsg.CreateTopicsResponse) []outcome {
		return outcomes(resp.Topics, func(t kmsg.CreateTopicsResponseTopic) outcome { return outcome{t.ErrorCode, t.ErrorMessage} })
	})
	if err == nil && !o.ValidateOnly {
		c.awaitLeaders(ctx, o.Name, max(o.Partitions, 1))
	}
	return nil, err
}

// createPartitions adds partitions to a topic, until it has as many as total, and waits for their leaders.
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
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	err = requestChange(ctx, change, o.Topic, req.RequestWith, func(resp *kmsg.CreatePartitionsResponse) []outcome {
		return outcomes(resp.Topics, func(t kmsg.CreatePartitionsResponseTopic) outcome { return outcome{t.ErrorCode, t.ErrorMessage} })
	})
	if err == nil {
		c.awaitLeaders(ctx, o.Topic, o.Total)
	}
	return nil, err
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
	return nil, requestChange(ctx, change, o.Name, req.RequestWith, func(resp *kmsg.DeleteTopicsResponse) []outcome {
		return outcomes(resp.Topics, func(t kmsg.DeleteTopicsResponseTopic) outcome { return outcome{t.ErrorCode, t.ErrorMessage} })
	})
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
	var failed error
	untilCoordinated(ctx, func(ctx context.Context) *port.Error {
		failed = requestChange(ctx, change, "", req.RequestWith, func(resp *kmsg.DeleteGroupsResponse) []outcome {
			return outcomes(resp.Groups, func(g kmsg.DeleteGroupsResponseGroup) outcome { return outcome{g.ErrorCode, nil} })
		})
		if failed == nil {
			return nil
		}
		return describe(failed)
	})
	return nil, failed
}
