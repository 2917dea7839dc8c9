// Package credentials makes what kafkaio shows to brokers: TLS and SASL, mostly of the configuration of kafkaio bridge.
package credentials

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/certfile"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

// TLS returns the configuration of a cluster's connections, and the client's certificate if there is one.
// Both are nil without TLS.
func TLS(t *config.BrokerTLS) (*tls.Config, *certfile.Certificate, error) {
	if t == nil {
		return nil, nil, nil
	}
	c := &tls.Config{ServerName: t.ServerName}
	if t.CA != "" {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, nil, fmt.Errorf("tls.ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, nil, fmt.Errorf("tls.ca: %s has no certificate in PEM", t.CA)
		}
	}
	if t.Cert == "" {
		return c, nil, nil
	}
	client, err := certfile.Load(t.Cert, t.Key)
	if err != nil {
		return nil, nil, fmt.Errorf("tls.cert, tls.key: %w", err)
	}
	c.GetClientCertificate = client.GetClient
	return c, client, nil
}

// A SASLFunc is bridge.Config.SASL.
type SASLFunc = func(ctx context.Context, who bridge.Identity) (sasl.Mechanism, error)

// SASL returns what makes a mechanism for each authentication. It reads the file with the secrets each time,
// so that they can be replaced. Nil without SASL. The error is about a file with identities that can't be used.
func SASL(s *config.SASL, log *slog.Logger) (SASLFunc, error) {
	switch {
	case s == nil:
		return nil, nil
	case s.Token == config.FromClient:
		return ofClient, nil
	case s.IdentitiesFile != "":
		return ofIdentities(s, log)
	case s.Mechanism == config.OAuthBearer:
		source := &tokenSource{config: *s, client: &http.Client{Timeout: tokenTime, CheckRedirect: noRedirect}}
		return func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
			return oauth.Oauth(func(ctx context.Context) (oauth.Auth, error) {
				token, err := source.token(ctx)
				return oauth.Auth{Token: token}, err
			}), nil
		}, nil
	}
	return func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
		password, err := config.ReadSecret(s.PasswordFile)
		if err != nil {
			return nil, err
		}
		return WithPassword(s.Mechanism, config.Account{User: s.User, Password: password}), nil
	}, nil
}

// WithPassword returns one of the mechanisms with passwords by its name, in any case of letters. Nil: it is none.
func WithPassword(mechanism string, a config.Account) sasl.Mechanism {
	switch strings.ToLower(mechanism) {
	case config.Plain:
		return plain.Auth{User: a.User, Pass: a.Password}.AsMechanism()
	case config.ScramSHA256:
		return scram.Auth{User: a.User, Pass: a.Password}.AsSha256Mechanism()
	case config.ScramSHA512:
		return scram.Auth{User: a.User, Pass: a.Password}.AsSha512Mechanism()
	}
	return nil
}
