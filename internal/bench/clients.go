package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"github.com/IBM/sarama"
	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/rpc"
)

// A client asks one broker for its metadata, over one connection, and decodes the answer. Its
// ask may be called by many goroutines at once.
type client struct {
	name string
	open func(addr string) (ask func() error, close func(), err error)
}

// clientTimeout bounds what a client waits for, where it has a setting for that.
const clientTimeout = 3 * time.Second

var clients = []client{
	{"kafkaio rpc.Do", openOurs},
	{"franz-go Broker.Request", openFranz},
	{"sarama Broker", openSarama},
	{"kafka-go Conn", openKafkaGo},
}

func openOurs(addr string) (func() error, func(), error) {
	conn, err := (&kafkaio.Dialer{Timeout: clientTimeout}).Dial(context.Background(), addr)
	if err != nil {
		return nil, nil, err
	}
	p := core.NewPipeline(conn, core.PipelineOptions{})
	return func() error {
		answer, err := rpc.Do(context.Background(), p, metadataRequest())
		if err != nil {
			return err
		}
		return threeBrokers(len(answer.(*kmsg.MetadataResponse).Brokers))
	}, func() { p.Close() }, nil
}

func openFranz(addr string) (func() error, func(), error) {
	c, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.RequestRetries(0), kgo.RetryTimeout(clientTimeout),
		kgo.RequestTimeoutOverhead(clientTimeout))
	if err != nil {
		return nil, nil, err
	}
	broker := c.SeedBrokers()[0]
	return func() error {
		answer, err := broker.Request(context.Background(), metadataRequest())
		if err != nil {
			return err
		}
		return threeBrokers(len(answer.(*kmsg.MetadataResponse).Brokers))
	}, c.Close, nil
}

func metadataRequest() kmsg.Request {
	r := kmsg.NewPtrMetadataRequest()
	r.Topics = []kmsg.MetadataRequestTopic{} // none; nil would mean all
	return r
}

func openSarama(addr string) (func() error, func(), error) {
	sarama.Logger = log.New(io.Discard, "", 0)
	config := sarama.NewConfig()
	config.ApiVersionsRequest = false
	config.Net.MaxOpenRequests = maxInFlight
	config.Net.DialTimeout, config.Net.ReadTimeout, config.Net.WriteTimeout = clientTimeout, clientTimeout, clientTimeout
	b := sarama.NewBroker(addr)
	if err := b.Open(config); err != nil {
		return nil, nil, err
	}
	if ok, err := b.Connected(); !ok || err != nil {
		return nil, nil, fmt.Errorf("not connected: %w", err)
	}
	return func() error {
		answer, err := b.GetMetadata(&sarama.MetadataRequest{Version: metadataVersion, Topics: []string{}})
		if err != nil {
			return err
		}
		return threeBrokers(len(answer.Brokers))
	}, func() { b.Close() }, nil
}

func openKafkaGo(addr string) (func() error, func(), error) {
	c, err := net.DialTimeout("tcp", addr, clientTimeout)
	if err != nil {
		return nil, nil, err
	}
	conn := kafkago.NewConnWith(c, kafkago.ConnConfig{})
	return func() error {
		conn.SetDeadline(time.Now().Add(clientTimeout))
		brokers, err := conn.Brokers()
		if err != nil {
			return err
		}
		return threeBrokers(len(brokers))
	}, func() { conn.Close() }, nil
}

// threeBrokers is what the stub names: an answer that was decoded has as many.
func threeBrokers(n int) error {
	if n != 3 {
		return fmt.Errorf("the answer has %d brokers, 3 were expected", n)
	}
	return nil
}
