//go:build !js

package client

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// A changing bridge is at one address, and can be replaced.
type changing struct{ current atomic.Pointer[bridge.Bridge] }

func (c *changing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b := c.current.Load(); b != nil {
		b.ServeHTTP(w, r)
		return
	}
	http.Error(w, "there is no bridge", http.StatusBadGateway)
}

// change ends the bridge; a nil one replaces it by none.
func (c *changing) change(b *bridge.Bridge) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if old := c.current.Swap(b); old != nil {
		old.Shutdown(ended)
	}
}

func TestReconnects(t *testing.T) {
	config := bridge.Config{Brokers: newCluster(t)}
	var c changing
	c.change(bridgetest.New(t, config))
	ctx, page, _ := connectTo(t, map[string]any{"bridge": bridgetest.Serve(t, &c) + "/kafka"})
	status := page.Start(nil, "status", nil, nil, 1)
	next := func() map[string]any { return status.Item(ctx).(map[string]any) }
	if got := next(); got["state"] != stateConnected {
		t.Fatalf("at first: %v", got)
	}
	socket := page.Start(nil, "socket", map[string]any{"broker": 0}, nil, 1)
	socket.Item(ctx)

	c.change(nil)
	for attempt := 1.0; attempt <= 2; attempt++ {
		got := next()
		if got["state"] != stateReconnecting || got["attempt"] != attempt || got["retryInMs"].(float64) <= 0 || got["error"] == nil {
			t.Fatalf("without a bridge: %v", got)
		}
	}
	if _, err := socket.Result(ctx); err != nil {
		t.Errorf("a socket whose bridge went away: %v", err)
	}

	c.change(bridgetest.New(t, config))
	for got := next(); got["state"] != stateConnected; got = next() {
		if got["state"] != stateReconnecting {
			t.Fatalf("with a bridge again: %v", got)
		}
	}
}

func TestAClientThatTheBridgeRefusesCloses(t *testing.T) {
	config := bridge.Config{Brokers: newCluster(t)}
	var c changing
	c.change(bridgetest.New(t, config))
	ctx, page, call := connectTo(t, map[string]any{"bridge": bridgetest.Serve(t, &c) + "/kafka"})
	config.Authorize = func(context.Context, *http.Request, string) (bridge.Identity, error) {
		return bridge.Identity{}, errors.New("not any more")
	}
	c.change(bridgetest.New(t, config))
	if _, err := call.Result(ctx); failure(t, err).Code != codeUnauthorized {
		t.Errorf("the client ended with %v", err)
	}
	if _, err := page.Do(ctx, "status", nil); failure(t, err).Code != codeClosed {
		t.Errorf("a call on a closed client: %v", err)
	}
}

// TestBrokersThatGoSilentAreNoConnection holds that a client isn't "connected" because a broker that answers no
// more leaves the connection open.
func TestBrokersThatGoSilentAreNoConnection(t *testing.T) {
	require.Long(t, "20 s of silence")
	t.Parallel()
	cluster := newFake(t)
	ctx, page, _ := connectFake(t, cluster)
	status := page.Start(nil, "status", nil, nil, 8)
	next := func() string { return status.Item(ctx).(map[string]any)["state"].(string) }
	if got := next(); got != stateConnected {
		t.Fatalf("at first: %s", got)
	}
	answers := make(chan struct{})
	cluster.ControlKey(-1, func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		select {
		case <-answers:
			return nil, nil, false
		default:
			return nil, nil, true
		}
	})
	began := time.Now()
	if got := next(); got != stateReconnecting {
		t.Fatalf("without an answer: %s", got)
	}
	if took := time.Since(began); took > 45*time.Second {
		t.Errorf("it took %v", took)
	}
	close(answers)
	for got := next(); got != stateConnected; got = next() {
		if got != stateReconnecting {
			t.Fatalf("with answers again: %s", got)
		}
	}
}
