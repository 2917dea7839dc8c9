package rpc_test

import (
	"context"
	"fmt"
	"log"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/rpc"
)

func Example() {
	addr, stop := startBroker()
	defer stop()

	ctx := context.Background()
	conn, err := kafkaio.Dial(ctx, addr)
	if err != nil {
		log.Fatal(err)
	}
	p := core.NewPipeline(conn, core.PipelineOptions{})
	defer p.Close()

	metadata, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, rpc.On(p))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(metadata.Brokers), "broker of cluster", *metadata.ClusterID)
	// Output: 1 broker of cluster wonderland
}

func ExampleAuthenticate() {
	addr, stop := startBroker("-user=alice:secret")
	defer stop()

	ctx := context.Background()
	conn, err := kafkaio.Dial(ctx, addr)
	if err != nil {
		log.Fatal(err)
	}
	p := core.NewPipeline(conn, core.PipelineOptions{})
	defer p.Close()

	lifetime, err := rpc.Authenticate(ctx, p, scram.Auth{User: "alice", Pass: "secret"}.AsSha256Mechanism())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("authenticated, for ever:", lifetime == 0)
	// Output: authenticated, for ever: true
}

func startBroker(flags ...string) (addr string, stop func() error) {
	cluster, err := fakekafka.Start(append(flags, "-cluster-id=wonderland")...)
	if err != nil {
		log.Fatal(err)
	}
	return cluster.ListenAddrs()[0], cluster.Close
}
