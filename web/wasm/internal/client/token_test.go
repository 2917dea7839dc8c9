//go:build !js

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
)

// tokens is a token function that returns token-1, token-2 and so on, and notes why each was wanted.
type tokens struct {
	mu   sync.Mutex
	whys []string
}

func (k *tokens) answer(_ context.Context, _ uint32, callback string, why any) (any, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.whys = append(k.whys, callback+" "+why.(string))
	return fmt.Sprint("token-", len(k.whys)), nil
}

func (k *tokens) wanted() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.whys)
}

// admitting is a bridge's Authorize for one token.
func admitting(want string) func(context.Context, *http.Request, string) (bridge.Identity, error) {
	return func(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
		if token != want {
			return bridge.Identity{}, errors.New("not this one")
		}
		return bridge.Identity{Name: "somebody"}, nil
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	brokers := newCluster(t)
	for _, test := range []struct{ admitted, code string }{{"token-1", ""}, {"token-2", ""}, {"none", codeUnauthorized}} {
		t.Run(test.admitted, func(t *testing.T) {
			var k tokens
			ctx, page := start(t, k.answer)
			call := page.Start(nil, "connect", map[string]any{
				"bridge": bridgeTo(t, bridge.Config{Brokers: brokers, Authorize: admitting(test.admitted)}), "token": true,
			}, nil, 1)
			want := []string{"token connect", "token refused"}
			if test.code == "" {
				call.Item(ctx)
			} else if _, err := call.Result(ctx); failure(t, err).Code != test.code {
				t.Error(err)
			}
			if test.admitted == "token-1" {
				want = want[:1]
			}
			got := k.wanted()
			if test.code != "" {
				got = got[:2] // a Dialer may make a further attempt
			}
			if !slices.Equal(got, want) {
				t.Errorf("tokens were wanted for %q, want %q", got, want)
			}
		})
	}
}

func TestATokenIsRenewed(t *testing.T) {
	var k tokens
	ctx, page := start(t, k.answer)
	renewed := make(chan string, 1)
	call := page.Start(nil, "connect", map[string]any{"token": true, "bridge": bridgeTo(t, bridge.Config{
		Brokers: newCluster(t),
		Authorize: func(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
			id := bridge.Identity{Name: "somebody"}
			if token == "token-1" {
				id.Expires = time.Now().Add(3 * time.Second)
			} else {
				renewed <- token
			}
			return id, nil
		},
	})}, nil, 1)
	call.Item(ctx)
	if token := <-renewed; token != "token-2" {
		t.Errorf("renewed with %s", token)
	}
	if got := k.wanted(); !slices.Equal(got, []string{"token connect", "token expiring"}) {
		t.Errorf("tokens were wanted for %q", got)
	}
}

func TestAFailingTokenFunctionIsNamed(t *testing.T) {
	for name, answer := range map[string]answers{
		"throws":               func(context.Context, uint32, string, any) (any, error) { return nil, errors.New("logged out") },
		"returns no string":    func(context.Context, uint32, string, any) (any, error) { return 7, nil },
		"returns nothing":      func(context.Context, uint32, string, any) (any, error) { return nil, nil },
		"returns an empty one": func(context.Context, uint32, string, any) (any, error) { return "", nil },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, page := start(t, answer)
			_, err := page.Start(nil, "connect", map[string]any{"bridge": "ws://127.0.0.1:1/kafka", "token": true}, nil, 1).Result(ctx)
			if e := failure(t, err); e.Code != codeToken || (name == "throws") != (e.Question != 0) {
				t.Errorf("%s, question %d: %s", e.Code, e.Question, e.Message)
			}
		})
	}
}
