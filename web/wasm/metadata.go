//go:build js

package main

import (
	"context"
	"sync"
	"syscall/js"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// offsetsTimeout bounds the question for offsets, so that brokers that can't be reached don't hold up the list
// of topics.
const offsetsTimeout = 4 * time.Second

// brokers returns the cluster and its brokers.
func (c *client) brokers() (any, error) {
	ctx, cancel := c.requestContext()
	defer cancel()
	m, err := c.admin.BrokerMetadata(ctx)
	if err != nil {
		return nil, asked(ctx, err)
	}
	brokers := make([]any, 0, len(m.Brokers))
	for _, b := range m.Brokers {
		rack := js.Null()
		if b.Rack != nil {
			rack = js.ValueOf(*b.Rack)
		}
		brokers = append(brokers, map[string]any{
			"id":         b.NodeID,
			"host":       b.Host,
			"port":       b.Port,
			"rack":       rack,
			"controller": b.NodeID == m.Controller,
		})
	}
	return map[string]any{"clusterId": m.Cluster, "brokers": brokers}, nil
}

// topics lists the topics by name, with their partitions and the offsets of these.
func (c *client) topics() (any, error) {
	ctx, cancel := c.requestContext()
	defer cancel()
	details, err := c.admin.ListTopicsWithInternal(ctx)
	if err != nil {
		return nil, asked(ctx, err)
	}
	var starts, ends kadm.ListedOffsets
	if names := readable(details); len(names) > 0 {
		// A partition without a leader, or whose leader can't be reached, has no offsets. The others are
		// still of use.
		ctx, cancel := context.WithTimeout(ctx, offsetsTimeout)
		defer cancel()
		var asking sync.WaitGroup
		asking.Go(func() { starts, _ = c.admin.ListStartOffsets(ctx, names...) })
		asking.Go(func() { ends, _ = c.admin.ListEndOffsets(ctx, names...) })
		asking.Wait()
	}
	topics := make([]any, 0, len(details))
	for _, t := range details.Sorted() {
		topic := map[string]any{"name": t.Topic, "internal": t.IsInternal}
		if t.Err != nil {
			topic["error"] = jsError(t.Err)
		}
		partitions := make([]any, 0, len(t.Partitions))
		for _, p := range t.Partitions.Sorted() {
			partitions = append(partitions, map[string]any{
				"id":       p.Partition,
				"leader":   p.Leader,
				"replicas": nodes(p.Replicas),
				"isr":      nodes(p.ISR),
				"start":    offset(starts, t.Topic, p.Partition),
				"end":      offset(ends, t.Topic, p.Partition),
			})
		}
		topic["partitions"] = partitions
		topics = append(topics, topic)
	}
	return topics, nil
}

// readable returns the topics that the cluster described without an error.
func readable(details kadm.TopicDetails) []string {
	names := make([]string, 0, len(details))
	for name, t := range details {
		if t.Err == nil {
			names = append(names, name)
		}
	}
	return names
}

// offset returns the offset of a partition, or null if it is unknown.
func offset(listed kadm.ListedOffsets, topic string, partition int32) any {
	o, ok := listed.Lookup(topic, partition)
	if !ok || o.Err != nil {
		return nil
	}
	return o.Offset
}

func nodes(ids []int32) []any {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	return values
}
