// Producer sends each line of its input as a record, and says where the brokers stored it.
//
//	seq 1 1000 | go run ./producer -broker localhost:9092 -topic numbers
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker, or of several with commas between")
	topic := flag.String("topic", "numbers", "`name` of a topic")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}
	if err := produce(strings.Split(*broker, ","), *topic); err != nil {
		log.Fatal(err)
	}
}

func produce(brokers []string, topic string) error {
	client, err := kgo.NewClient(kgo.Dialer(new(kafkaio.Dialer).DialContext), kgo.RequestTimeoutOverhead(5*time.Second),
		kgo.SeedBrokers(brokers...), kgo.DefaultProduceTopic(topic), kgo.AllowAutoTopicCreation())
	if err != nil {
		return err
	}
	defer client.Close()
	soon, done := context.WithTimeout(context.Background(), 5*time.Second)
	defer done()
	if err := client.Ping(soon); err != nil {
		return fmt.Errorf("no broker answers at %s: %w", brokers, err)
	}
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(interrupted, stop) // a second interrupt ends the program at once
	// Records are sent in batches, and tried again for as long as it takes. None is stored twice.
	ctx := context.Background() // not interrupted: what was read is sent all the same
	var failed error
	stored := func(r *kgo.Record, err error) {
		if failed = errors.Join(failed, err); err == nil {
			fmt.Printf("partition %d, offset %d: %s\n", r.Partition, r.Offset, r.Value)
		}
	}
	read := make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for interrupted.Err() == nil && lines.Scan() {
			client.Produce(ctx, kgo.StringRecord(lines.Text()), stored)
		}
		read <- lines.Err()
	}()
	select {
	case err = <-read:
	case <-interrupted.Done():
	}
	err = errors.Join(err, client.Flush(ctx))
	return errors.Join(err, failed)
}
