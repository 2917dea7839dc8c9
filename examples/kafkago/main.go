// Kafkago has kafka-go dial with kafkaio: it produces a few records and consumes them.
//
//	go run ./kafkago -broker localhost:9092 -topic greetings
//
// With -bridge it reaches the brokers through a bridge, such as the one of "kafkaio explore", whose
// token, for -token, is in the link that it prints.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/segmentio/kafka-go"
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

func produceAndConsume(d *kafkaio.Dialer, broker, topic string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	writer := &kafka.Writer{
		Addr:                   kafka.TCP(broker),
		Topic:                  topic,
		BatchTimeout:           10 * time.Millisecond,
		AllowAutoTopicCreation: true,
		Transport:              &kafka.Transport{Dial: d.DialContext},
	}
	defer func() { err = errors.Join(err, writer.Close()) }()
	if err := writer.WriteMessages(ctx, kafka.Message{Value: []byte("hello")}, kafka.Message{Value: []byte("bonjour")}); err != nil {
		return err
	}
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{broker}, Topic: topic,
		MaxWait: time.Second, Dialer: &kafka.Dialer{DialFunc: d.DialContext}, // Close waits as long as MaxWait
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
