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
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker")
	topic := flag.String("topic", "numbers", "`name` of a topic")
	group := flag.String("group", "readers", "`name` of the group")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}
	if err := consume(*broker, *topic, *group); err != nil {
		log.Fatal(err)
	}
}

func consume(broker, topic, group string) error {
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	client, err := kgo.NewClient(
		kgo.Dialer(new(kafkaio.Dialer).DialContext), kgo.SeedBrokers(broker),
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic),
		kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(), // what was printed is committed, and no more
	)
	if err != nil {
		return err
	}
	defer client.CloseAllowingRebalance() // leaves the group, so that others take over at once
	for {
		fetches := client.PollFetches(interrupted)
		if interrupted.Err() != nil {
			return nil
		}
		fetches.EachError(func(_ string, _ int32, err error) { log.Print(err) })
		fetches.EachRecord(func(r *kgo.Record) {
			fmt.Printf("partition %d, offset %d: %s\n", r.Partition, r.Offset, r.Value)
		})
		// An interrupt must not end the commit: these records are printed already.
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err := client.CommitUncommittedOffsets(ctx)
		cancel()
		if err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		client.AllowRebalance()
	}
}
