//go:build !js

package client

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
)

// TestAMemberThatLeavesGetsATokenToReconnect holds for a client that closes while its bridge is restarted: its members
// commit and leave through the new one, which wants a token.
func TestAMemberThatLeavesGetsATokenToReconnect(t *testing.T) {
	w := newGroupWorld(t, 1)
	w.writeTo(t, 0, "a")
	var closing atomic.Bool
	var asked atomic.Value // why
	config := bridge.Config{Brokers: w.brokers, Authorize: func(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
		if token != "valid" {
			return bridge.Identity{}, errors.New("not this one")
		}
		return bridge.Identity{Name: "somebody"}, nil
	}}
	var c changing
	c.change(bridgetest.New(t, config))
	members := w.asked
	ctx, page := start(t, func(ctx context.Context, call uint32, callback string, argument any) (any, error) {
		if callback != "token" {
			return members(ctx, call, callback, argument)
		}
		if closing.Load() {
			asked.CompareAndSwap(nil, argument)
		}
		return "valid", nil
	})
	connection := page.Start(nil, "connect", object{"bridge": bridgetest.Serve(t, &c) + "/kafka", "token": true}, nil, 1)
	connection.Item(ctx)
	w.page = page
	m := w.join(t, nil, &memberPage{
		finished: func() []any { return []any{w.at(0, 1)} },
		answer: func(_ context.Context, told string) error {
			if told == "revoked 0" { // the client closes
				closing.Store(true)
				c.change(bridgetest.New(t, config))
			}
			return nil
		},
	})
	w.expect(t, m, "assigned 0")
	w.waitUntilRead(t, m)
	connection.Cancel()
	w.expect(t, m, "revoked 0")
	if _, err := connection.Result(ctx); err != nil {
		t.Error(err)
	}
	if got := w.committed(t, 0); got != 1 {
		t.Errorf("the group has committed %d", got)
	}
	if n := w.groupMembers(t); n != 0 {
		t.Errorf("the group has %d members", n)
	}
	// A dial that gave up on a busy machine has left its token for this one.
	if why := asked.Load(); why != nil && why != whyConnect {
		t.Errorf("a token was asked for because %v", why)
	}
}
