package kafkaio_test

// The modules beside Perl's Kafka::IO, and their counterparts here: franz-go with a Dialer, or package rpc.

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/rpc"
)

// Kafka::Connection knows the brokers of a cluster, and which of them leads a partition. So does a
// franz-go client, which can use a Dialer.
func Example_connection() {
	ctx, broker := context.Background(), startBroker()
	defer broker.Close()
	client := newClient(broker)
	defer client.Close()

	metadata, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, client)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(metadata.Brokers), "broker")
	// Output: 1 broker
}

// Kafka::Producer sends messages to a partition.
func Example_producer() {
	ctx, broker := context.Background(), startBroker()
	defer broker.Close()
	client := newClient(broker)
	defer client.Close()

	err := client.ProduceSync(ctx,
		&kgo.Record{Topic: "produced", Value: []byte("one")},
		&kgo.Record{Topic: "produced", Value: []byte("two")},
	).FirstErr()
	fmt.Println(err)
	// Output: <nil>
}

// Kafka::Consumer fetches messages from an offset on.
func Example_consumer() {
	ctx, broker := context.Background(), startBroker()
	defer broker.Close()
	client := newClient(broker, kgo.ConsumeTopics("greetings"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer client.Close()
	if err := client.ProduceSync(ctx, &kgo.Record{Topic: "greetings", Value: []byte("hello")}).FirstErr(); err != nil {
		log.Fatal(err)
	}

	for _, record := range client.PollFetches(ctx).Records() {
		fmt.Printf("%d: %s\n", record.Offset, record.Value)
	}
	// Output: 0: hello
}

// Kafka::Message is a consumed message: its offset, key, value and time. Its counterpart is kgo.Record.
func Example_message() {
	record := kgo.Record{Topic: "greetings", Partition: 2, Offset: 7, Key: []byte("en"), Value: []byte("hello")}
	fmt.Printf("%s/%d at %d: %s = %s\n", record.Topic, record.Partition, record.Offset, record.Key, record.Value)
	// Output: greetings/2 at 7: en = hello
}

// Kafka::Protocol encodes requests and decodes responses. So does package rpc, with kmsg's types, for
// all of Kafka's requests.
func Example_protocol() {
	ctx, broker := context.Background(), startBroker()
	defer broker.Close()
	conn, err := kafkaio.Dial(ctx, broker.ListenAddrs()[0])
	if err != nil {
		log.Fatal(err)
	}
	pipeline := core.NewPipeline(conn, core.PipelineOptions{})
	defer pipeline.Close()

	answer, err := rpc.Do(ctx, pipeline, kmsg.NewPtrMetadataRequest())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(answer.(*kmsg.MetadataResponse).Brokers), "broker")
	// Output: 1 broker
}

// Kafka::Int64 is for Perls without integers of 64 bits. Go has them.
func Example_int64() {
	record := kgo.Record{Offset: math.MaxInt64}
	fmt.Println(record.Offset)
	// Output: 9223372036854775807
}

// Kafka::Exceptions carry a code and a message. So does an *Error; each code is a constant.
func Example_exceptions() {
	_, err := kafkaio.Dial(context.Background(), "localhost:port")
	var e *kafkaio.Error
	fmt.Println(errors.As(err, &e), int(e.Code), errors.Is(err, kafkaio.ErrMismatchArgument))
	// Output: true -1000 true
}

// newClient returns a franz-go client that dials with a Dialer.
func newClient(broker *fakekafka.Cluster, options ...kgo.Opt) *kgo.Client {
	d := &kafkaio.Dialer{}
	client, err := kgo.NewClient(append(options,
		kgo.SeedBrokers(broker.ListenAddrs()...),
		kgo.Dialer(d.DialContext),
		kgo.AllowAutoTopicCreation(),
	)...)
	if err != nil {
		log.Fatal(err)
	}
	return client
}
