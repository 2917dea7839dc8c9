// Package kafkatopic creates the topics of tests. It builds for wasm, unlike package kafkatest.
package kafkatopic

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// deleteTimeout bounds deleting a topic, for which a test's own time may be over.
const deleteTimeout = 10 * time.Second

// Create creates a topic of a test's own, with as many replicas as the brokers give by default, and
// returns its name, which starts with prefix. The topic is deleted when the test ends, unless the
// test has.
func Create(ctx context.Context, t testing.TB, c *kgo.Client, prefix string, partitions int32, configs map[string]*string) (name string) {
	t.Helper()
	name = prefix + "-" + strconv.FormatUint(rand.Uint64(), 36)
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, partitions, -1
	for key, value := range configs {
		config := kmsg.NewCreateTopicsRequestTopicConfig()
		config.Name, config.Value = key, value
		topic.Configs = append(topic.Configs, config)
	}
	CreateAs(ctx, t, c, topic)
	return name
}

// CreateAs creates a topic as it is described, and deletes it as Create does.
func CreateAs(ctx context.Context, t testing.TB, c *kgo.Client, topic kmsg.CreateTopicsRequestTopic) {
	t.Helper()
	name := topic.Topic
	create := kmsg.NewPtrCreateTopicsRequest()
	create.Topics = append(create.Topics, topic)
	created, err := create.RequestWith(ctx, c)
	if err == nil {
		err = kerr.ErrorForCode(created.Topics[0].ErrorCode)
	}
	if err != nil {
		t.Fatalf("create %s: %v", name, err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), deleteTimeout)
		defer cancel()
		if err := remove(ctx, c, name); err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
			t.Logf("delete %s: %v", name, err)
		}
	})
}

func remove(ctx context.Context, c *kgo.Client, name string) error {
	topic := kmsg.NewDeleteTopicsRequestTopic()
	topic.Topic = &name
	request := kmsg.NewPtrDeleteTopicsRequest()
	request.Topics, request.TopicNames = append(request.Topics, topic), []string{name} // since version 6, and before
	removed, err := request.RequestWith(ctx, c)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(removed.Topics[0].ErrorCode)
}
