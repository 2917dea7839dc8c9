package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

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
		return oauth.Oauth(func(ctx context.Context) (oauth.Auth, error) {
			token, err := c.askString(ctx, "sasl.token", nil)
			return oauth.Auth{Token: token}, err
		}), nil
	}
	return nil, port.Mismatch(fmt.Sprintf("sasl.mechanism %q: plain, scram-sha-256, scram-sha-512 or oauthbearer was expected", o.Mechanism))
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
