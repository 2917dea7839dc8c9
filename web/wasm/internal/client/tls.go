package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"os"
	"strings"

	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// tlsOptions are those of TLS with the brokers, end to end. Certificates and the key are PEM.
type tlsOptions struct {
	CA         string `json:"ca"` // empty: the public authorities
	Cert       string `json:"cert"`
	Key        string `json:"key"`
	ServerName string `json:"serverName"`
}

// secure returns the Dialer's Secure, nil without TLS.
func (c *client) secure(ctx context.Context) (func(context.Context, net.Conn, string) (net.Conn, error), error) {
	o := c.options.TLS
	if o == nil {
		return nil, nil
	}
	if o.CA == "" && o.ServerName == "" {
		return nil, port.Mismatch("tls.ca or tls.serverName was expected: the bridge chooses the first broker, and any server may have a certificate of a public authority")
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	if o.CA == "" {
		if err := c.addPublicRoots(ctx, config.RootCAs); err != nil {
			return nil, err
		}
	} else if !config.RootCAs.AppendCertsFromPEM([]byte(o.CA)) {
		return nil, port.Mismatch("tls.ca: it has no certificate in PEM")
	}
	if o.Cert != "" || o.Key != "" {
		pair, err := tls.X509KeyPair([]byte(o.Cert), []byte(o.Key))
		if err != nil {
			return nil, port.Mismatch("tls.cert, tls.key: a certificate in PEM and its key were expected: " + err.Error())
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return secureWith(config, o.ServerName), nil
}

// secureWith returns a Secure that takes a broker's certificate for the host at which the cluster says that the
// broker is, or for serverName. Of the first broker, which the bridge chooses, nobody knows the host: without a
// serverName, any certificate of the authority is right.
func secureWith(config *tls.Config, serverName string) func(context.Context, net.Conn, string) (net.Conn, error) {
	return func(ctx context.Context, conn net.Conn, host string) (net.Conn, error) {
		var names []string
		for _, name := range []string{host, serverName} {
			if name != "" {
				names = append(names, name)
			}
		}
		config := config.Clone()
		if len(names) > 0 {
			config.ServerName = names[0]
		}
		config.InsecureSkipVerify = true // VerifyConnection verifies, in its own way
		config.VerifyConnection = func(state tls.ConnectionState) error {
			return verify(state.PeerCertificates, config.RootCAs, names)
		}
		return brokertls.New(config)(ctx, conn, host)
	}
}

// verify returns nil if a chain of certificates leads to a root, and the first is for one of the names; none:
// for any.
func verify(chain []*x509.Certificate, roots *x509.CertPool, names []string) error {
	o := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	if _, err := chain[0].Verify(o); err != nil || len(names) == 0 {
		return err
	}
	var err error
	for _, name := range names {
		if err = chain[0].VerifyHostname(name); err == nil {
			return nil
		}
	}
	return err
}

// addPublicRoots adds the public authorities, which the page loads: it can't use its browser's.
func (c *client) addPublicRoots(ctx context.Context, pool *x509.CertPool) error {
	answer, err := c.server.Ask(ctx, "tls.roots", nil)
	if failed, ok := errors.AsType[*port.Error](err); ok && failed.Code == port.CodeCallback {
		return &port.Error{Code: codeNotLoaded, Message: "roots.pem, the public authorities for tls, could not be loaded: " + failed.Message, Question: failed.Question}
	} else if err != nil {
		return err
	}
	var text string
	if json.Unmarshal(answer, &text) != nil || !pool.AppendCertsFromPEM([]byte(text)) {
		return &port.Error{Code: codeNotLoaded, Message: "roots.pem, the public authorities for tls, has no certificate in PEM"}
	}
	return nil
}

// saysNoTLS reports whether a connection to a broker failed in TLS.
func saysNoTLS(err error) bool {
	_, ok := errors.AsType[*brokertls.Error](err)
	return ok
}

// inTLS reports whether a dial got as far as TLS with the broker.
func inTLS(err error) bool {
	failed, ok := errors.AsType[interface {
		error
		Step() string
	}](err)
	return ok && failed.Step() == "secure"
}

// isSilentInTLS reports whether a broker took too long for TLS.
func isSilentInTLS(err error) bool { return inTLS(err) && errors.Is(err, os.ErrDeadlineExceeded) }

// tlsNames are what package brokertls calls the options, and what the page does.
var tlsNames = strings.NewReplacer(
	"in RootCAs", "in tls.ca",
	"set as ServerName", "given as tls.serverName",
	"set Certificates", "give tls.cert and tls.key",
	"those in Certificates", "tls.cert",
)
