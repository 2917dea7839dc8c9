// Franzgo has franz-go dial with kafkaio: it produces a few records and consumes them.
//
//	go run ./franzgo -broker localhost:9092 -topic greetings
//
// Or through a bridge, here that of "kafkaio explore", which prints its token in the link:
//
//	go run ./franzgo -bridge ws://127.0.0.1:8642/kafka -token TOKEN
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker")
	bridge := flag.String("bridge", "", "`URL` of a bridge to go through")
	token := flag.String("token", "", "that the bridge wants, if it wants one")
	topic := flag.String("topic", "greetings", "`name` of a topic")
	flag.Parse()
	d := &kafkaio.Dialer{Bridge: *bridge, Token: func(context.Context) (string, error) { return *token, nil }}
	if err := produceAndConsume(d, *broker, *topic); err != nil {
		log.Fatal(err)
	}
}

func produceAndConsume(d *kafkaio.Dialer, broker, topic string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(
		kgo.Dialer(d.DialContext), kgo.SeedBrokers(broker), kgo.DefaultProduceTopic(topic), kgo.AllowAutoTopicCreation(),
		kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	for _, greeting := range []string{"hello", "bonjour", "salam"} {
		if err := client.ProduceSync(ctx, kgo.StringRecord(greeting)).FirstErr(); err != nil {
			return err
		}
	}
	for seen := 0; seen < 3; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		fetches.EachRecord(func(r *kgo.Record) {
			fmt.Printf("partition %d, offset %d: %s\n", r.Partition, r.Offset, r.Value)
			seen++
		})
	}
	return nil
}
