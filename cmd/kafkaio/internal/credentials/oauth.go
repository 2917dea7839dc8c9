package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

const (
	// tokenTime bounds a request for a token.
	tokenTime = 10 * time.Second
	// maxAnswer bounds its answer, bytes.
	maxAnswer = 64 << 10
)

// A tokenSource gets tokens by client credentials (RFC 6749 section 4.4), and keeps one for three quarters
// of its life.
type tokenSource struct {
	config config.SASL
	client *http.Client

	mu      sync.Mutex
	current string
	renew   time.Time
}

// noRedirect keeps the secret from being sent elsewhere.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (s *tokenSource) token(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != "" && time.Now().Before(s.renew) {
		return s.current, nil
	}
	token, life, err := s.fetch(ctx)
	if err != nil {
		return "", fmt.Errorf("sasl.token_url: %w", err)
	}
	s.current, s.renew = token, time.Now().Add(life*3/4)
	return token, nil
}

func (s *tokenSource) fetch(ctx context.Context) (token string, life time.Duration, err error) {
	secret, err := config.ReadSecret(s.config.SecretFile)
	if err != nil {
		return "", 0, err
	}
	form := url.Values{"grant_type": {"client_credentials"}}
	if s.config.Scope != "" {
		form.Set("scope", s.config.Scope)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, errors.New("it is no URL")
	}
	r.SetBasicAuth(url.QueryEscape(s.config.ClientID), url.QueryEscape(secret)) // RFC 6749 section 2.3.1
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	response, err := s.client.Do(r)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok { // which has the URL
			err = failed.Err
		}
		return "", 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("the answer is %d %s: check client_id, the secret and the scope", response.StatusCode, http.StatusText(response.StatusCode))
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&answer); err != nil || answer.AccessToken == "" {
		return "", 0, errors.New("the answer has no access_token")
	}
	const most = 24 * 60 * 60
	return answer.AccessToken, time.Duration(min(max(answer.ExpiresIn, 0), most)) * time.Second, nil
}
