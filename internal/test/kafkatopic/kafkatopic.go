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
// returns its name, which starts with prefix. Every broker knows the topic then. The topic is deleted
// when the test ends, unless the test has.
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

// CreateAs creates a topic as it is described, waits for the brokers and deletes it as Create does.
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
	if err := awaitBrokers(ctx, c, name); err != nil {
		t.Fatalf("wait until all brokers know %s: %v", name, err)
	}
}

// pollInterval is the time between two questions to a broker that doesn't know a topic yet.
const pollInterval = 20 * time.Millisecond

// awaitBrokers waits until each broker knows the leaders of a topic. The controller answers before the
// others have learnt of the topic, and kafka-go, for one, doesn't ask a broker again.
func awaitBrokers(ctx context.Context, c *kgo.Client, name string) error {
	cluster := kmsg.NewPtrMetadataRequest()
	cluster.Topics = []kmsg.MetadataRequestTopic{} // none; nil is all
	metadata, err := cluster.RequestWith(ctx, c)
	if err != nil {
		return err
	}
	for _, b := range metadata.Brokers {
		if err := Await(ctx, c.Broker(int(b.NodeID)), name); err != nil {
			return err
		}
	}
	return nil
}

// Await waits until a broker knows the leaders of a topic.
func Await(ctx context.Context, broker kmsg.Requestor, name string) error {
	for {
		err := checkLeaders(ctx, broker, name)
		if err == nil || !kerr.IsRetriable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pollInterval):
		}
	}
}

// checkLeaders returns what a broker says is wrong with a topic, or nil.
func checkLeaders(ctx context.Context, broker kmsg.Requestor, name string) error {
	request := kmsg.NewPtrMetadataRequest()
	topic := kmsg.NewMetadataRequestTopic()
	topic.Topic = &name
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(ctx, broker)
	if err != nil {
		return err
	}
	known := response.Topics[0]
	for _, p := range known.Partitions {
		if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
			return err
		}
	}
	return kerr.ErrorForCode(known.ErrorCode)
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
