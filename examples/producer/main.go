// Producer sends each line of its input as a record, and says where the brokers stored it.
//
//	seq 1 1000 | go run ./producer -broker localhost:9092 -topic numbers
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker, or of several with commas between")
	topic := flag.String("topic", "numbers", "`name` of a topic")
	flag.Parse()
	ctx := context.Background()

	var d kafkaio.Dialer
	client, err := kgo.NewClient(
		kgo.Dialer(d.DialContext), kgo.RequestTimeoutOverhead(5*time.Second),
		kgo.SeedBrokers(strings.Split(*broker, ",")...),
		kgo.DefaultProduceTopic(*topic),
		kgo.AllowAutoTopicCreation(),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	soon, done := context.WithTimeout(ctx, 5*time.Second)
	defer done()
	if err := client.Ping(soon); err != nil {
		log.Fatalf("no broker answers at %s: %v", *broker, err)
	}

	// Records are sent in batches, and tried again for as long as it takes. None is stored twice.
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		client.Produce(ctx, kgo.StringRecord(lines.Text()), func(r *kgo.Record, err error) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Printf("partition %d, offset %d: %s\n", r.Partition, r.Offset, r.Value)
		})
	}
	if err := client.Flush(ctx); err != nil {
		log.Fatal(err)
	}
}
