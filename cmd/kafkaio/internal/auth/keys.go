package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

const (
	// keysAge is how old fetched keys may become.
	keysAge = time.Hour
	// unknownKey is how often a token with an unknown key may have the keys fetched. In between such
	// tokens are refused at once.
	unknownKey = time.Minute
	// fetchTime bounds a fetch, and so what the one token waits that causes it.
	fetchTime = 5 * time.Second
	// maxKeys bounds a set of keys, bytes.
	maxKeys = 1 << 20
)

// A keySource finds the public key of a token.
type keySource interface {
	KeyfuncCtx(ctx context.Context) jwt.Keyfunc
}

// newKeys reads a JWK Set (RFC 7517) from a file, or from a URL, from which it is fetched anew until ctx ends.
func newKeys(ctx context.Context, from string, log *slog.Logger) (keySource, error) {
	if !strings.Contains(from, "://") {
		text, err := os.ReadFile(from)
		if err != nil {
			return nil, err
		}
		keys, err := keyfunc.NewJWKSetJSON(json.RawMessage(text))
		if err != nil {
			return nil, fmt.Errorf("%s: it is no JWK Set: an object with the issuer's public keys was expected", from)
		}
		return keys, nil
	}
	mustAnswer := false
	keys, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{from}, keyfunc.Override{
		Client:                    &http.Client{Transport: limited{http.DefaultTransport}},
		HTTPTimeout:               fetchTime,
		RateLimitWaitMax:          fetchTime,
		RefreshInterval:           keysAge,
		RefreshUnknownKID:         rate.NewLimiter(rate.Every(unknownKey), 1),
		NoErrorReturnFirstHTTPReq: &mustAnswer,
		RefreshErrorHandlerFunc: func(string) func(context.Context, error) {
			return func(_ context.Context, err error) { log.Warn("the issuer's keys were not fetched", "error", err) }
		},
	})
	if err != nil {
		return nil, fmt.Errorf("the issuer's keys were not fetched: %w", rootOf(err))
	}
	return keys, nil
}

// rootOf leaves out the URL, which may hold a secret, and whoever wrapped the error.
func rootOf(err error) error {
	for {
		switch wrapped := err.(type) {
		case interface{ Unwrap() error }:
			inner := wrapped.Unwrap()
			if inner == nil {
				return err
			}
			err = inner
		case interface{ Unwrap() []error }:
			err = wrapped.Unwrap()[0]
		default:
			return err
		}
	}
}

var errLargeKeys = errors.New("the set of keys is too large")

// limited bounds the bodies of answers.
type limited struct{ http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = &limitedBody{response.Body, maxKeys}
	}
	return response, err
}

type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLargeKeys
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
