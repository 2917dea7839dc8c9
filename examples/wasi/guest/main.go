// Guest lists the brokers of a cluster. It is an ordinary program: compiled for WASI it has the
// connections that its host allows.
//
//	go run ./wasi/guest localhost:9092
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: guest host:port")
	}
	if err := list(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func list(broker string) error {
	var d kafkaio.Dialer
	client, err := kgo.NewClient(kgo.Dialer(d.DialContext), kgo.SeedBrokers(broker))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	brokers, err := kadm.NewClient(client).ListBrokers(ctx)
	if err != nil {
		return fmt.Errorf("no broker answers at %s: %w", broker, err)
	}
	for _, b := range brokers {
		fmt.Printf("broker %d is at %s:%d\n", b.NodeID, b.Host, b.Port)
	}
	_, err = d.Dial(context.Background(), "127.0.0.1:22")
	fmt.Println("another address:", err)
	return nil
}
