// Consumergroup prints the records of a topic as a member of a group. Start it twice and the two
// share the partitions; stop it and start it again and it goes on where the group was.
//
//	go run ./consumergroup -broker localhost:9092 -topic numbers -group readers
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker")
	topic := flag.String("topic", "numbers", "`name` of a topic")
	group := flag.String("group", "readers", "`name` of the group")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()

	var d kafkaio.Dialer
	client, err := kgo.NewClient(
		kgo.Dialer(d.DialContext),
		kgo.SeedBrokers(*broker),
		kgo.ConsumerGroup(*group),
		kgo.ConsumeTopics(*topic),
		kgo.DisableAutoCommit(), // what was printed is committed, and no more
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close() // leaves the group, so that others take over at once

	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return
		}
		fetches.EachError(func(_ string, _ int32, err error) { log.Print(err) })
		fetches.EachRecord(func(r *kgo.Record) {
			fmt.Printf("partition %d, offset %d: %s\n", r.Partition, r.Offset, r.Value)
		})
		if err := client.CommitUncommittedOffsets(ctx); err != nil {
			log.Print(err)
		}
	}
}
