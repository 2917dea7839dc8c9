// Browser serves three pages that speak Kafka, beside this file: tail.html shows what arrives in a topic,
// produce.html stores records, and request.html sends one request by hand. They reach the brokers through the
// bridge at /kafka of their own origin.
//
//	make
//	cd examples && go run ./browser -broker localhost:9092 -topic orders
//
// Of a cluster on this machine list every broker. The bridge dials only those addresses of its own
// machine that it was given: the page would show a part of the records as if it were all.
//
//	go run ./browser -broker localhost:9092,localhost:9093,localhost:9094
package main

import (
	"context"
	"embed"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web"
)

//go:embed *.html
var pages embed.FS

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker; of a cluster on this machine list every broker, with commas between")
	topic := flag.String("topic", "orders", "`name` of a topic that exists")
	listen := flag.String("listen", "127.0.0.1:8643", "`host:port` of the pages")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}

	b, err := bridge.New(bridge.Config{Brokers: strings.Split(*broker, ",")})
	if err != nil {
		log.Fatal(err)
	}
	files, err := web.Handler() // the npm package: kafkaio.js, and what it loads
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", files)
	mux.Handle("/kafka", b)
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	for _, page := range []string{"tail.html", "produce.html", "request.html"} {
		mux.Handle("/"+page, http.FileServerFS(pages))
		fmt.Printf("open http://%s/%s?topic=%s\n", l.Addr(), page, url.QueryEscape(*topic))
	}
	go func() { log.Fatal(http.Serve(l, mux)) }()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	<-interrupts
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	b.Shutdown(ctx) // tells the pages; what they have open may end until then
}
