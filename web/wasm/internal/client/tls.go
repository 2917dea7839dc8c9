package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"

	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// tlsOptions are those of TLS with the brokers, end to end. Certificates and the key are PEM.
type tlsOptions struct {
	CA         string `json:"ca"`
	Cert       string `json:"cert"`
	Key        string `json:"key"`
	ServerName string `json:"serverName"`
}

// secure returns the Dialer's Secure, nil without TLS.
func (o *tlsOptions) secure() (func(context.Context, net.Conn, string) (net.Conn, error), error) {
	if o == nil {
		return nil, nil
	}
	if o.CA == "" {
		// A page can't use its browser's authorities.
		return nil, port.Mismatch("tls.ca: the certificate of the brokers' authority, in PEM, was expected")
	}
	if o.ServerName == "" {
		// The bridge chooses the first broker, and doesn't tell its name.
		return nil, port.Mismatch("tls.serverName: the name in the brokers' certificates was expected")
	}
	c := &tls.Config{ServerName: o.ServerName, RootCAs: x509.NewCertPool()}
	if !c.RootCAs.AppendCertsFromPEM([]byte(o.CA)) {
		return nil, port.Mismatch("tls.ca: it has no certificate in PEM")
	}
	if o.Cert != "" || o.Key != "" {
		pair, err := tls.X509KeyPair([]byte(o.Cert), []byte(o.Key))
		if err != nil {
			return nil, port.Mismatch("tls.cert, tls.key: a certificate in PEM and its key were expected: " + err.Error())
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return brokertls.New(c), nil
}

// saysNoTLS reports whether a connection to a broker failed in TLS.
func saysNoTLS(err error) bool {
	_, ok := errors.AsType[*brokertls.Error](err)
	return ok
}
