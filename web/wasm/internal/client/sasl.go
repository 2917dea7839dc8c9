package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio/internal/printable"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

type saslOptions struct {
	Mechanism string `json:"mechanism"`
	Username  string `json:"username"`
	Password  string `json:"password"`
}

// mechanism returns how the client authenticates to brokers, nil if it doesn't.
func (c *client) mechanism() (sasl.Mechanism, error) {
	o := c.options.SASL
	if o == nil {
		return nil, nil
	}
	switch o.Mechanism {
	case "plain":
		return plain.Auth{User: o.Username, Pass: o.Password}.AsMechanism(), nil
	case "scram-sha-256":
		return scram.Auth{User: o.Username, Pass: o.Password}.AsSha256Mechanism(), nil
	case "scram-sha-512":
		return scram.Auth{User: o.Username, Pass: o.Password}.AsSha512Mechanism(), nil
	case "oauthbearer":
		return bearer{oauth.Oauth(func(ctx context.Context) (oauth.Auth, error) {
			token, err := c.saslToken.get(ctx)
			return oauth.Auth{Token: token}, err
		})}, nil
	}
	return nil, port.Mismatch(fmt.Sprintf("sasl.mechanism %q: plain, scram-sha-256, scram-sha-512 or oauthbearer was expected", o.Mechanism))
}

// newSASLToken returns the source of tokens for brokers. Each authentication gets a new one, those that begin
// while the page's function runs get the same.
func (c *client) newSASLToken(ctx context.Context) *tokenSource {
	return &tokenSource{ctx: ctx, ask: func(ctx context.Context, _ string) (string, error) {
		return c.askString(ctx, "sasl.token", nil)
	}}
}

// A bearer is OAUTHBEARER that understands a refusal: franz-go's takes it for a protocol error.
type bearer struct{ sasl.Mechanism }

func (b bearer) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	session, first, err := b.Mechanism.Authenticate(ctx, host)
	return bearerSession{session}, first, err
}

type bearerSession struct{ sasl.Session }

// Challenge takes a broker's answer, which is empty, or JSON that says why the token is refused (RFC 7628 section
// 3.2.2).
func (s bearerSession) Challenge(answer []byte) (done bool, next []byte, err error) {
	var refusal struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(answer, &refusal) == nil && refusal.Status != "" {
		return false, nil, fmt.Errorf("%w: the broker refused the token: %s", kerr.SaslAuthenticationFailed, printable.Text(refusal.Status))
	}
	return s.Session.Challenge(answer)
}

// isRefusal reports whether a broker refused the client's credentials.
func isRefusal(err error) bool { return errors.Is(err, kerr.SaslAuthenticationFailed) }

// refusals are those of brokers that a consumer meets.
type refusals struct {
	mu    sync.Mutex
	inRow int
	last  time.Time
}

const (
	// refusedTogether is how close refusals are that count as one: a consumer has several connections.
	refusedTogether = time.Second
	// refusalAge is how old one may be that still counts.
	refusalAge = time.Minute
)

// fatal is isFatal, but for a refusal: as many end a consumer as end a client.
func (r *refusals) fatal(err error) bool {
	if !isRefusal(err) {
		return isFatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch ago := time.Since(r.last); {
	case ago < refusedTogether:
		return r.inRow >= maxRefusals
	case ago > refusalAge:
		r.inRow = 0
	}
	r.inRow, r.last = r.inRow+1, time.Now()
	return r.inRow >= maxRefusals
}

// askString asks a callback for a token. Its failure is an ERR_TOKEN.
func (c *client) askString(ctx context.Context, callback string, argument any) (string, error) {
	answer, err := c.server.Ask(ctx, callback, argument)
	if failed, ok := errors.AsType[*port.Error](err); ok && failed.Code == port.CodeCallback {
		return "", &port.Error{Code: codeToken, Message: callback + ": " + failed.Message, Question: failed.Question}
	} else if err != nil {
		return "", err
	}
	var token string
	if json.Unmarshal(answer, &token) != nil || token == "" {
		return "", &port.Error{Code: codeToken, Message: callback + ": the function returned no string, or an empty one"}
	}
	return token, nil
}
