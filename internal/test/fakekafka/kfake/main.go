// Command kfake runs franz-go's in-process brokers for package fakekafka: it prints their addresses,
// separated by spaces, and serves until its standard input ends, so that it doesn't outlive who started it.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("kfake: ")
	brokers := flag.Int("brokers", 1, "how many")
	clusterID := flag.String("cluster-id", "kfake", "the cluster's ID")
	user := flag.String("user", "", "wants SASL, SCRAM-SHA-256, from the superuser NAME:PASSWORD")
	cert := flag.String("cert", "", "speaks TLS, with the certificate in this file, in PEM, whose key is in it too")
	synthetic := flag.Bool("synthetic", false, "has records at each offset up to 2^62 of every topic, and stores nothing")
	flag.Parse()

	options := []kfake.Opt{kfake.NumBrokers(*brokers), kfake.ClusterID(*clusterID), kfake.AllowAutoTopicCreation()}
	if name, password, ok := strings.Cut(*user, ":"); ok {
		options = append(options, kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-256", name, password))
	}
	if *cert != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *cert)
		if err != nil {
			log.Fatal(err)
		}
		options = append(options, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
	}
	if *synthetic {
		options = append(options, kfake.BlackholeProduce(), kfake.SyntheticFetch(kfake.SyntheticBatch{Records: 10}))
	}
	cluster, err := kfake.NewCluster(options...)
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	fmt.Println(strings.Join(cluster.ListenAddrs(), " "))
	io.Copy(io.Discard, os.Stdin)
}
