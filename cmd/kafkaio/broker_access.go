package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/clientproperties"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/credentials"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
)

// brokerAccess is how to reach the brokers of a cluster.
type brokerAccess struct {
	timeout   time.Duration // of each step of a ping
	brokers   []string      // of --command-config
	connectTo map[string]string
	tls       *tls.Config    // nil without
	sasl      sasl.Mechanism // nil without
	user      string         // of sasl
	ignored   []string       // keys of --command-config that make no difference
}

func (a *brokerAccess) pingOptions() ping.Options {
	return ping.Options{Timeout: a.timeout, ConnectTo: a.connectTo, TLS: a.tls, SASL: a.sasl, User: a.user}
}

// bridgeConfig is for a bridge that connects to the brokers in place of its clients. It permits credentials
// without verified TLS, since the user chose the flags.
func (a *brokerAccess) bridgeConfig(brokers []string) bridge.Config {
	c := bridge.Config{Brokers: brokers, ConnectTo: a.connectTo, TLS: a.tls}
	if a.sasl != nil {
		c.AllowPlaintext = a.tls == nil || a.tls.InsecureSkipVerify
		c.SASL = func(context.Context, bridge.Identity) (sasl.Mechanism, error) { return a.sasl, nil }
	}
	return c
}

// tlsConfig is that of the file, with what the flags say; nil without TLS.
func (f *brokerFlags) tlsConfig(file *clientproperties.Config) (*tls.Config, error) {
	c := file.TLS
	if c == nil {
		if !f.tls && f.ca == "" && f.cert == "" && f.key == "" && f.serverName == "" && !f.insecure {
			return nil, nil
		}
		c = new(tls.Config)
	}
	c.ServerName = f.serverName
	if f.ca != "" {
		pem, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, badFile("--ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, badFile("--ca %s: it has no certificate in PEM", f.ca)
		}
	}
	if (f.cert == "") != (f.key == "") {
		return nil, errors.New("--cert and --key go together")
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, badFile("--cert %s, --key %s: %w", f.cert, f.key, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	switch {
	case f.insecure:
		c.InsecureSkipVerify = true
	case file.AnyName && f.serverName == "":
		verifyAnyName(c)
	}
	return c, nil
}

// verifyAnyName makes c verify certificates as usual, but not their names.
func verifyAnyName(c *tls.Config) {
	roots := c.RootCAs
	c.InsecureSkipVerify = true
	c.VerifyConnection = func(s tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, intermediate := range s.PeerCertificates[1:] {
			options.Intermediates.AddCert(intermediate)
		}
		_, err := s.PeerCertificates[0].Verify(options)
		return err
	}
}

// mechanism returns the mechanism of the flags, or else of the file. Nil without SASL.
func (f *brokerFlags) mechanism(file *clientproperties.Config) (sasl.Mechanism, error) {
	if f.sasl == "" {
		if f.user != "" || f.passwordFile != "" {
			return nil, errors.New("--user and --password-file go with --sasl")
		}
		if file.Mechanism == "" {
			return nil, nil
		}
		return credentials.WithPassword(file.Mechanism, config.Account{User: file.User, Password: file.Password}), nil
	}
	if credentials.WithPassword(f.sasl, config.Account{}) == nil {
		return nil, fmt.Errorf("--sasl %s: plain, scram-sha-256 or scram-sha-512 was expected", f.sasl)
	}
	if f.user == "" {
		return nil, errors.New("--sasl needs --user")
	}
	password, err := secret("--password-file", f.passwordFile, passwordEnv)
	if err != nil {
		return nil, err
	}
	if password == "" {
		return nil, fmt.Errorf("--sasl needs a password: set %s, or name a file with --password-file", passwordEnv)
	}
	return credentials.WithPassword(f.sasl, config.Account{User: f.user, Password: password}), nil
}

// noteIgnored says which settings of --command-config make no difference.
func noteIgnored(c *cobra.Command, file string, ignored []string) {
	if len(ignored) > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "kafkaio: %s: kafkaio has no use for %s\n", file, strings.Join(ignored, ", "))
	}
}
