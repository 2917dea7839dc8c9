// Kafkago has kafka-go dial with kafkaio: it produces a few records and consumes them, as a group,
// so that it reads whichever partitions they went to. The second of these goes through the bridge of
// "kafkaio explore", whose link has the token.
//
//	go run ./kafkago -broker localhost:9092 -topic greetings
//	go run ./kafkago -broker HOST:PORT -bridge ws://127.0.0.1:8642/kafka -token TOKEN
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/segmentio/kafka-go"
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

func produceAndConsume(d *kafkaio.Dialer, brokers []string, topic string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	transport := &kafka.Transport{Dial: d.DialContext}
	asked := &kafka.Client{Addr: kafka.TCP(brokers...), Transport: transport, Timeout: 5 * time.Second}
	if _, err := asked.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{}}); err != nil {
		return fmt.Errorf("no broker answers at %s: %w", brokers, err)
	}
	writer := &kafka.Writer{
		Addr: kafka.TCP(brokers...), Transport: transport,
		Topic: topic, AllowAutoTopicCreation: true,
		BatchTimeout: 10 * time.Millisecond,
	}
	defer func() { err = errors.Join(err, writer.Close()) }()
	if err := writer.WriteMessages(ctx, kafka.Message{Value: []byte("hello")}, kafka.Message{Value: []byte("bonjour")}); err != nil {
		return err
	}
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: brokers, Dialer: &kafka.Dialer{DialFunc: d.DialContext},
		Topic: topic, GroupID: "kafkaio-kafkago", // without a group, a Reader reads partition 0 only
		MaxWait: time.Second, // also what Close waits
	})
	defer func() { err = errors.Join(err, reader.Close()) }()
	for range 2 {
		r, err := reader.ReadMessage(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("partition %d, offset %d: %s\n", r.Partition, r.Offset, r.Value)
	}
	return nil
}
