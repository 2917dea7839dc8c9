// Browser serves a page that speaks Kafka: hello.html, beside this file, produces a record when it
// is loaded and shows what arrives in the topic. The page reaches the brokers through the bridge
// at /kafka of its own origin.
//
//	make
//	cd examples && go run ./browser -broker localhost:9092
//
// Of a cluster on this machine list every broker. The bridge dials only those addresses of its own
// machine that it was given: the page would show a part of the records as if it were all.
//
//	go run ./browser -broker localhost:9092,localhost:9093,localhost:9094
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web"
)

//go:embed hello.html
var page []byte

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker; of a cluster on this machine list every broker, with commas between")
	listen := flag.String("listen", "127.0.0.1:8643", "`host:port` of the page")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}

	b, err := bridge.New(bridge.Config{Brokers: strings.Split(*broker, ",")})
	if err != nil {
		log.Fatal(err)
	}
	files, err := web.Handler() // kafkaio.js, and the program for the browser beside it
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", files)
	mux.Handle("/kafka", b)
	mux.HandleFunc("/hello.html", func(w http.ResponseWriter, _ *http.Request) { w.Write(page) })

	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("open http://%s/hello.html?topic=greetings\n", l.Addr())
	go func() { log.Fatal(http.Serve(l, mux)) }()

	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	<-interrupts
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	b.Shutdown(ctx) // tells the pages; what they have open may end until then
}
