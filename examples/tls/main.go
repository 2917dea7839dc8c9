// TLS connects to a broker's SSL listener and lists the cluster's brokers. The authority that issued
// the broker's certificate may be one's own, and the broker may ask for a certificate in return.
//
//	go run ./tls -broker localhost:9093 -ca ca.pem -cert client.pem -key client-key.pem
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/brokertls"
)

func main() {
	broker := flag.String("broker", "localhost:9093", "`host:port` of a broker, or of several with commas between")
	ca := flag.String("ca", "ca.pem", "`file` with the authority's certificate")
	cert := flag.String("cert", "client.pem", "`file` with the client's certificate")
	key := flag.String("key", "client-key.pem", "`file` with its key")
	flag.Parse()

	authority, err := os.ReadFile(*ca)
	if err != nil {
		log.Fatal(err)
	}
	cfg := &tls.Config{RootCAs: x509.NewCertPool()}
	cfg.RootCAs.AppendCertsFromPEM(authority)
	certificate, err := tls.LoadX509KeyPair(*cert, *key)
	if err != nil {
		log.Fatal(err)
	}
	cfg.Certificates = []tls.Certificate{certificate}

	d := &kafkaio.Dialer{Secure: brokertls.New(cfg)}
	client, err := kgo.NewClient(kgo.Dialer(d.DialContext), kgo.RequestTimeoutOverhead(5*time.Second), kgo.SeedBrokers(strings.Split(*broker, ",")...))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	brokers, err := kadm.NewClient(client).ListBrokers(ctx)
	if err != nil {
		log.Fatalf("no broker answers at %s: %v", *broker, err)
	}
	for _, b := range brokers {
		fmt.Printf("broker %d is at %s:%d\n", b.NodeID, b.Host, b.Port)
	}
}
