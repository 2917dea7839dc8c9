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

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	broker := flag.String("broker", "localhost:9093", "`host:port` of a broker, or of several with commas between")
	ca := flag.String("ca", "ca.pem", "`file` with the authority's certificate")
	cert := flag.String("cert", "client.pem", "`file` with the client's certificate")
	key := flag.String("key", "client-key.pem", "`file` with its key")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}
	if err := list(*broker, *ca, *cert, *key); err != nil {
		log.Fatal(err)
	}
}

func list(broker, ca, cert, key string) error {
	authority, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return fmt.Errorf("%s holds no certificate", ca)
	}
	certificate, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return err
	}
	d := &kafkaio.Dialer{Secure: brokertls.New(&tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}})}
	client, err := kgo.NewClient(kgo.Dialer(d.DialContext), kgo.RequestTimeoutOverhead(5*time.Second), kgo.SeedBrokers(strings.Split(broker, ",")...))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	brokers, err := kadm.NewClient(client).ListBrokers(ctx)
	if err != nil {
		return fmt.Errorf("no broker answers at %s: %w", broker, err)
	}
	for _, b := range brokers {
		fmt.Printf("broker %d is at %s:%d\n", b.NodeID, b.Host, b.Port)
	}
	return nil
}
