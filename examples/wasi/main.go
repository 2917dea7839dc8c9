// WASI lists the brokers of a cluster. It is an ordinary program, whose test builds it for WASI and runs it there, with a
// connection to one address and nothing else:
//
//	go run ./wasi -broker localhost:9092
//	go test ./wasi
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker, or of several with commas between")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}
	if err := list(strings.Split(*broker, ",")); err != nil {
		log.Fatal(err)
	}
}

func list(brokers []string) error {
	client, err := kgo.NewClient(kgo.Dialer(new(kafkaio.Dialer).DialContext), kgo.SeedBrokers(brokers...))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	listed, err := kadm.NewClient(client).ListBrokers(ctx)
	if err != nil {
		return fmt.Errorf("no broker answers at %s: %w", brokers, err)
	}
	for _, b := range listed {
		fmt.Printf("broker %d is at %s:%d\n", b.NodeID, b.Host, b.Port)
	}
	return nil
}
