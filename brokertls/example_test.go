package brokertls_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log"
	"os"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/brokertls"
)

// Connect to a broker's SSL listener, with a certificate from a private authority.
func ExampleNew() {
	authority, err := os.ReadFile("ca.pem")
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	d := &kafkaio.Dialer{Secure: brokertls.New(&tls.Config{RootCAs: roots})}
	conn, err := d.Dial(context.Background(), "broker.example:9093")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
}

// Send a client certificate to a broker that requires one (ssl.client.auth=required).
func ExampleNew_clientCertificate() {
	certificate, err := tls.LoadX509KeyPair("client.pem", "client-key.pem")
	if err != nil {
		log.Fatal(err)
	}
	d := &kafkaio.Dialer{Secure: brokertls.New(&tls.Config{Certificates: []tls.Certificate{certificate}})}
	conn, err := d.Dial(context.Background(), "broker.example:9093")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
}
