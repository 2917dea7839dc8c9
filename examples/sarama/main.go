// Sarama has sarama dial with kafkaio: it produces a record and consumes it. Sarama takes a dialer
// where it takes a proxy's.
//
//	go run ./sarama -broker localhost:9092 -topic greetings
//
// With -bridge it reaches the brokers through a bridge, such as the one of "kafkaio explore", whose
// token, for -token, is in the link that it prints.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"

	"github.com/IBM/sarama"
	"github.com/kafkaio/kafkaio"
)

// A dialer has the one method that sarama calls.
type dialer struct{ *kafkaio.Dialer }

func (d dialer) Dial(network, addr string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, addr)
}

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker")
	bridge := flag.String("bridge", "", "`URL` of a bridge to go through")
	token := flag.String("token", "", "that the bridge wants, if it wants one")
	topic := flag.String("topic", "greetings", "`name` of a topic")
	flag.Parse()

	config := sarama.NewConfig()
	config.Net.Proxy.Enable = true
	config.Net.Proxy.Dialer = dialer{&kafkaio.Dialer{Bridge: *bridge, Token: func(context.Context) (string, error) { return *token, nil }}}
	config.Producer.Return.Successes = true
	brokers := []string{*broker}
	producer := must(sarama.NewSyncProducer(brokers, config))
	defer producer.Close()
	partition, offset, err := producer.SendMessage(&sarama.ProducerMessage{Topic: *topic, Value: sarama.StringEncoder("hello")})
	if err != nil {
		log.Fatal(err)
	}
	consumer := must(sarama.NewConsumer(brokers, config))
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
