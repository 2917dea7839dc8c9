// Franzgo has franz-go dial with kafkaio: it produces a few records and consumes them. This one file runs natively, in
// WASI, and in a browser, there through its page's bridge. -bridge names another, such as that of "kafkaio explore":
//
//	go run ./franzgo -broker localhost:9092
//	go run ./franzgo -broker localhost:9092 -bridge ws://127.0.0.1:8642/kafka -token TOKEN
//	GOOS=wasip1 GOARCH=wasm go build -o franzgo.wasm ./franzgo && kafkaio exec --allow localhost:9092 franzgo.wasm
//	GOOS=js GOARCH=wasm go build -o franzgo.wasm ./franzgo && kafkaio exec --browser firefox --allow localhost:9092 franzgo.wasm
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker, or of several with commas between")
	bridge := flag.String("bridge", "", "`URL` of a bridge to go through")
	token := flag.String("token", "", "that the bridge wants, if it wants one")
	topic := flag.String("topic", "greetings", "`name` of a topic")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}
	d := &kafkaio.Dialer{Bridge: *bridge, Token: func(context.Context) (string, error) { return *token, nil }}
	if err := produceAndConsume(d, strings.Split(*broker, ","), *topic); err != nil {
		log.Fatal(err)
	}
}

func produceAndConsume(d *kafkaio.Dialer, brokers []string, topic string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(
		kgo.Dialer(d.DialContext), kgo.RequestTimeoutOverhead(5*time.Second), kgo.SeedBrokers(brokers...),
		kgo.DefaultProduceTopic(topic), kgo.AllowAutoTopicCreation(),
		kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	soon, done := context.WithTimeout(ctx, 5*time.Second)
	defer done()
	if err := client.Ping(soon); err != nil {
		return fmt.Errorf("no broker answers at %s: %w", brokers, err)
	}
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
