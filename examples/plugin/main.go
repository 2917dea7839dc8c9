// Plugin copies a topic to another, and has a WASI plugin change the values. The plugin is in the directory upper. A new
// build of it is taken up with the next records, while the program runs:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o plugin.wasm ./plugin/upper
//	go run ./plugin -broker localhost:9092 -from orders -to loud-orders -plugin plugin.wasm
package main

import (
	"context"
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
	from := flag.String("from", "orders", "`name` of the topic to read")
	to := flag.String("to", "loud-orders", "`name` of the topic to write")
	file := flag.String("plugin", "plugin.wasm", "`file` of the plugin")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}
	if err := copyTopic(strings.Split(*broker, ","), *from, *to, &plugin{file: *file}); err != nil {
		log.Fatal(err)
	}
}

func copyTopic(brokers []string, from, to string, p *plugin) error {
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	client, err := kgo.NewClient(
		kgo.Dialer(new(kafkaio.Dialer).DialContext), kgo.SeedBrokers(brokers...), kgo.AllowAutoTopicCreation(),
		kgo.ConsumerGroup(from+"-to-"+to), kgo.ConsumeTopics(from), kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(),
	)
	if err != nil {
		return err
	}
	defer client.CloseAllowingRebalance()
	soon, done := context.WithTimeout(interrupted, 5*time.Second)
	defer done()
	if err := client.Ping(soon); err != nil {
		return fmt.Errorf("no broker answers at %s: %w", brokers, err)
	}
	if err := p.reload(interrupted); err != nil {
		return err
	}
	defer p.close()
	for {
		fetches := client.PollFetches(interrupted)
		if interrupted.Err() != nil {
			return nil
		}
		fetches.EachError(func(_ string, _ int32, err error) { log.Print(err) })
		if err := p.reload(interrupted); err != nil {
			log.Printf("the build before this one runs on: %v", err)
		}
		if err := copyRecords(client, fetches.Records(), to, p); err != nil {
			return err // the records aren't committed: the next start copies them
		}
		client.AllowRebalance()
	}
}
