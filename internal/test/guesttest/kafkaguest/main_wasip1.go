// Kafkaguest is a guest that produces records with franz-go, and consumes them in a group.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

const (
	topic   = "letters"
	records = 10_000
)

func main() {
	brokers := strings.Split(os.Args[1], ",")
	if err := produce(brokers); err != nil {
		log.Fatal(err)
	}
	fmt.Println("produced", records, "records")
	if err := consume(brokers, 2); err != nil {
		log.Fatal(err)
	}
	fmt.Println("a group of 2 consumed all of them")
}

func newClient(brokers []string, options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append(options, kgo.SeedBrokers(brokers...), kgo.Dialer(guest.Dial))...)
}

func produce(brokers []string) error {
	client, err := newClient(brokers, kgo.DefaultProduceTopic(topic), kgo.AllowAutoTopicCreation())
	if err != nil {
		return err
	}
	defer client.Close()
	var failed kgo.FirstErrPromise
	for i := range records {
		client.Produce(context.Background(), kgo.KeyStringRecord(fmt.Sprint(i), strings.Repeat("x", 100)), failed.Promise())
	}
	return failed.Err()
}

// consume has members of a group consume all records. Some come twice if the group divides them anew meanwhile.
func consume(brokers []string, members int) error {
	ctx, done := context.WithCancel(context.Background())
	defer done()
	var mu sync.Mutex
	var failure error
	seen := make(map[string]bool)
	var running sync.WaitGroup
	for range members {
		client, err := newClient(brokers, kgo.ConsumeTopics(topic), kgo.ConsumerGroup("readers"))
		if err != nil {
			return err
		}
		running.Go(func() {
			defer client.Close()
			for ctx.Err() == nil {
				fetches := client.PollFetches(ctx)
				mu.Lock()
				fetches.EachRecord(func(r *kgo.Record) {
					seen[string(r.Key)] = true
				})
				if err := fetches.Err(); err != nil && ctx.Err() == nil {
					failure = err
				}
				if failure != nil || len(seen) == records {
					done()
				}
				mu.Unlock()
			}
		})
	}
	running.Wait()
	return failure
}
