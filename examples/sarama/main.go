// Sarama has sarama dial with kafkaio, where it takes a proxy's dialer: it produces a record and consumes
// it. The second of these goes through the bridge of "kafkaio explore", whose link has the token.
//
//	go run ./sarama -broker localhost:9092 -topic greetings
//	go run ./sarama -broker HOST:PORT -bridge ws://127.0.0.1:8642/kafka -token TOKEN
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/kafkaio/kafkaio"
)

// A dialer has the one method that sarama calls.
type dialer struct{ *kafkaio.Dialer }

func (d dialer) Dial(network, addr string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, addr)
}

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker, or of several with commas between")
	bridge := flag.String("bridge", "", "`URL` of a bridge to go through")
	token := flag.String("token", "", "that the bridge wants, if it wants one")
	topic := flag.String("topic", "greetings", "`name` of a topic")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}

	config := sarama.NewConfig()
	config.Net.Proxy.Enable, config.Producer.Return.Successes = true, true
	config.Net.Proxy.Dialer = dialer{&kafkaio.Dialer{Bridge: *bridge, Token: func(context.Context) (string, error) { return *token, nil }}}
	late := time.AfterFunc(5*time.Second, func() { log.Fatalf("no broker answers at %s", *broker) })
	client := must(sarama.NewClient(strings.Split(*broker, ","), config))
	late.Stop()
	defer client.Close()
	producer := must(sarama.NewSyncProducerFromClient(client))
	defer producer.Close()
	partition, offset, err := producer.SendMessage(&sarama.ProducerMessage{Topic: *topic, Value: sarama.StringEncoder("hello")})
	if err != nil {
		log.Fatal(err)
	}
	consumer := must(sarama.NewConsumerFromClient(client))
	defer consumer.Close()
	records := must(consumer.ConsumePartition(*topic, partition, offset))
	defer records.Close()
	r := <-records.Messages()
	fmt.Printf("partition %d, offset %d: %s\n", r.Partition, r.Offset, r.Value)
}

// must ends the program at the first error. Nothing that was produced waits to be sent then.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
