package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// recordSize is the size of the values that are produced. Records have no key and no headers.
const recordSize = 100

// A broker is one that the package's page consumes from, with a client that fills it.
type broker struct {
	addr   string
	client *kgo.Client
	stop   func()
}

// startKafka starts Apache Kafka: what a broker sends from its disk's cache is no limit to any client here.
func startKafka() (*broker, error) {
	addrs, end, err := kafkatest.Run(kafkatest.Options{Brokers: 1})
	if err != nil {
		return nil, err
	}
	return newBroker(addrs[0], end)
}

func newBroker(addr string, end func()) (*broker, error) {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(addr),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.MaxBufferedRecords(100_000), // so that batches are full
	)
	if err != nil {
		end()
		return nil, err
	}
	return &broker{addr, client, func() {
		client.Close()
		end()
	}}, nil
}

// create makes a topic.
func (b *broker) create(ctx context.Context, name string, partitions int) error {
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, int32(partitions), 1
	request := kmsg.NewPtrCreateTopicsRequest()
	request.Topics = append(request.Topics, topic)
	answer, err := request.RequestWith(ctx, b.client)
	if err == nil {
		err = kerr.ErrorForCode(answer.Topics[0].ErrorCode)
	}
	if err != nil {
		return fmt.Errorf("creating topic %s: %w", name, err)
	}
	return nil
}

// produce writes n records, to the partitions in turn, and waits until they are stored.
func (b *broker) produce(ctx context.Context, topic string, partitions, n int) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	value := make([]byte, recordSize)
	var stored sync.WaitGroup
	stored.Add(n)
	for i := range n {
		r := &kgo.Record{Topic: topic, Partition: int32(i % partitions), Value: value}
		b.client.Produce(ctx, r, func(_ *kgo.Record, err error) {
			if err != nil {
				fail(err)
			}
			stored.Done()
		})
	}
	stored.Wait()
	return context.Cause(ctx)
}
