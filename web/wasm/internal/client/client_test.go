//go:build !js

package client

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

func TestMain(m *testing.M) { leak.Main(m) }

// patience is longer than anything here takes.
const patience = time.Minute

// newCluster starts brokers that are franz-go's.
func newCluster(t *testing.T, options ...kfake.Opt) []string {
	t.Helper()
	return newFake(t, options...).ListenAddrs()
}

// newFake starts brokers that a test controls.
func newFake(t testing.TB, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(2), kfake.ClusterID("fake")}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

// connectFake connects a client to brokers that a test controls.
func connectFake(t *testing.T, cluster *kfake.Cluster) (context.Context, *porttest.Page, *porttest.Call) {
	t.Helper()
	return connectTo(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{Brokers: cluster.ListenAddrs()})})
}

// bridgeTo serves a bridge to brokers, and returns its URL.
func bridgeTo(t testing.TB, c bridge.Config) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/kafka", bridgetest.New(t, c))
	return bridgetest.Serve(t, mux) + "/kafka"
}

// answers are what the page's callbacks do.
type answers func(ctx context.Context, call uint32, callback string, argument any) (any, error)

// start runs a client for a page until the test ends.
func start(t *testing.T, a answers) (context.Context, *porttest.Page) {
	t.Helper()
	program, page := porttest.Pipe(t)
	page.Answer = a
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, program) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; !errors.Is(err, context.Canceled) {
			t.Errorf("Serve: %v", err)
		}
	})
	return ctx, page
}

// connectTo connects a client, and returns the call that it lasts as long as.
func connectTo(t *testing.T, options map[string]any) (context.Context, *porttest.Page, *porttest.Call) {
	t.Helper()
	ctx, page := start(t, func(context.Context, uint32, string, any) (any, error) {
		return nil, errors.New("there is no such callback")
	})
	call := page.Start(nil, "connect", options, nil, 1)
	if got := call.Item(ctx); got.(map[string]any)["clusterId"] != "fake" {
		t.Fatalf("connected to %v", got)
	}
	return ctx, page, call
}

// failure is the KafkaError that err is.
func failure(t *testing.T, err error) *port.Error {
	t.Helper()
	e, ok := errors.AsType[*port.Error](err)
	if !ok {
		t.Fatalf("%v is no error of the port", err)
	}
	return e
}

func TestCancellingConnectClosesTheClient(t *testing.T) {
	ctx, page, call := connectTo(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{Brokers: newCluster(t)})})
	status := page.Start(nil, "status", nil, nil, 1)
	if got := status.Item(ctx); got.(map[string]any)["state"] != "connected" {
		t.Errorf("the status is %v", got)
	}
	call.Cancel()
	if got, err := call.Result(ctx); got != nil || err != nil {
		t.Errorf("connect ended with %v, %v", got, err)
	}
	if _, err := status.Result(ctx); failure(t, err).Code != codeClosed {
		t.Errorf("status ended with %v", err)
	}
	if _, err := page.Do(ctx, "status", nil); failure(t, err).Code != codeClosed {
		t.Errorf("a call on a closed client: %v", err)
	}
}

func TestConnectFails(t *testing.T) {
	brokers := newCluster(t)
	nobody := testnet.ClosedPort(t)
	for _, test := range []struct {
		name, code string
		options    map[string]any
		text       string
	}{
		{"no bridge", codeBridgeUnreachable, map[string]any{"bridge": "ws://" + nobody + "/kafka"}, nobody},
		{"no broker", codeBrokerUnreachable, map[string]any{"bridge": bridgeTo(t, bridge.Config{Brokers: []string{nobody}})}, "refused"},
		{"a URL of something else", codeMismatchArgument, map[string]any{"bridge": "ftp://x"}, "ws://HOST"},
		{"an unknown mechanism", codeMismatchArgument, map[string]any{"sasl": map[string]any{"mechanism": "gssapi"}}, "gssapi"},
		{"TLS without an authority", codeMismatchArgument, map[string]any{"tls": map[string]any{}}, "tls.ca"},
		{"TLS with another authority", codeMismatchArgument, map[string]any{"tls": map[string]any{"ca": "x", "serverName": "x"}}, "tls.ca"},
		{"no token", codeUnauthorized, map[string]any{"bridge": bridgeTo(t, bridge.Config{
			Brokers: brokers,
			Authorize: func(context.Context, *http.Request, string) (bridge.Identity, error) {
				return bridge.Identity{}, errors.New("who are you?")
			},
		})}, "who are you?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, page := start(t, nil)
			_, err := page.Start(nil, "connect", test.options, nil, 1).Result(ctx)
			if e := failure(t, err); e.Code != test.code || !strings.Contains(e.Message, test.text) {
				t.Errorf("%s: %s, want %s: …%s…", e.Code, e.Message, test.code, test.text)
			}
		})
	}
}

func TestConnectCanBeAborted(t *testing.T) {
	ctx, page := start(t, func(ctx context.Context, _ uint32, _ string, _ any) (any, error) {
		<-ctx.Done() // a token function that never settles
		return nil, ctx.Err()
	})
	call := page.Start(nil, "connect", map[string]any{"bridge": "ws://127.0.0.1:1/kafka", "token": true}, nil, 1)
	call.Cancel()
	if _, err := call.Result(ctx); failure(t, err).Code != port.CodeAborted {
		t.Error(err)
	}
}
