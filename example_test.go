package kafkaio_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/rpc"
)

// Ask a broker for the cluster's metadata.
func Example() {
	ctx, broker := context.Background(), startBroker()
	defer broker.Close()

	conn, err := kafkaio.Dial(ctx, broker.ListenAddrs()[0])
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	p := kafkaio.NewPipeline(conn, kafkaio.PipelineOptions{})
	defer p.Close()
	metadata, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(metadata.(*kmsg.MetadataResponse).Brokers), "broker")
	// Output: 1 broker
}

// Ask a broker which requests it understands, in bytes and frames.
func ExampleDial() {
	ctx, broker := context.Background(), startBroker()
	defer broker.Close()

	conn, err := kafkaio.Dial(ctx, broker.ListenAddrs()[0])
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	request := kmsg.NewRequestFormatter().AppendRequest(nil, kmsg.NewPtrApiVersionsRequest(), 1)
	if _, err := conn.Send(ctx, request); err != nil {
		log.Fatal(err)
	}
	answer, err := conn.ReadFrame(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("an answer to request", answer[3])
	// Output: an answer to request 1
}

// A timeout is any duration, and errors say what happened.
func ExampleDialer_Dial() {
	d := &kafkaio.Dialer{Timeout: 2500 * time.Millisecond, IPVersion: kafkaio.IPv6}
	_, err := d.Dial(context.Background(), "127.0.0.1:9092")
	fmt.Println(errors.Is(err, kafkaio.ErrIncompatibleIPVersion))
	fmt.Println(err)
	// Output:
	// true
	// kafkaio: dial 127.0.0.1:9092: resolve: 127.0.0.1 has no IPv6 address
}

// Use franz-go with a Dialer. To go through a bridge, set Bridge; nothing else changes.
func ExampleDialer_DialContext() {
	ctx, broker := context.Background(), startBroker()
	defer broker.Close()

	d := &kafkaio.Dialer{}
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...), kgo.Dialer(d.DialContext), kgo.AllowAutoTopicCreation())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	record := &kgo.Record{Topic: "greetings", Value: []byte("hello")}
	if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s is at offset %d\n", record.Value, record.Offset)
	// Output: hello is at offset 0
}

// startBroker starts a broker that needs no JVM.
func startBroker() *fakekafka.Cluster {
	cluster, err := fakekafka.Start()
	if err != nil {
		log.Fatal(err)
	}
	return cluster
}
