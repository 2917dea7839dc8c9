package bridge_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// endings are ways for a connection of a client, whose token holds for 20 s, to end.
var endings = map[string]func(t *testing.T, v *virtual, p pipe){
	"ClientLeaves":   func(_ *testing.T, _ *virtual, p pipe) { p.Close() },
	"InFlight":       func(_ *testing.T, _ *virtual, p pipe) { p.send(askMetadata(1, "orders")); p.Close() },
	"Denied":         func(_ *testing.T, _ *virtual, p pipe) { p.send(askMetadata(1, "secret")); p.Close() },
	"ClientsTLS":     func(_ *testing.T, _ *virtual, p pipe) { p.send([]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc")) },
	"Unfinished":     func(_ *testing.T, _ *virtual, p pipe) { p.send(request(metadataKey, 8, 1, 100_000)[:60_000]) },
	"Expiry":         func(_ *testing.T, _ *virtual, p pipe) {},
	"ExpiryInFlight": func(_ *testing.T, _ *virtual, p pipe) { time.Sleep(19 * time.Second); p.send(askMetadata(1, "orders")) },
	"ExpiryUnread": func(_ *testing.T, _ *virtual, p pipe) {
		time.Sleep(19 * time.Second)
		p.send(askMetadata(1, "orders"))
		p.send(request(metadataKey, 8, 2, 100_000)[:60_000])
	},
	"Revoked": func(_ *testing.T, v *virtual, p pipe) {
		p.send(askMetadata(1, "orders"))
		v.bridge.Revoke(func(bridge.Identity) bool { return true })
	},
	"Shutdown": func(_ *testing.T, v *virtual, p pipe) {
		p.send(askMetadata(1, "orders"))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		v.bridge.Shutdown(ctx)
	},
	"StreamClosed": func(_ *testing.T, _ *virtual, p pipe) {
		if p.raw {
			p.SendClose(1000, "")
		} else {
			p.Send(hostile.CloseStream(1, 1000, ""))
		}
	},
	"OtherIdentity": func(_ *testing.T, _ *virtual, p pipe) { renew(p, "root") },
	"RefusedToken":  func(_ *testing.T, _ *virtual, p pipe) { renew(p, "ci/-1s") },
	"ManyTokens": func(_ *testing.T, _ *virtual, p pipe) {
		for range 20 {
			renew(p, "ci/20s")
		}
	},
	"TokensThatWait": func(_ *testing.T, _ *virtual, p pipe) {
		for range 4 {
			renew(p, "slow")
		}
	},
}

// renew sends a token, where that is possible.
func renew(p pipe, token string) {
	if !p.raw {
		p.Send(hostile.Auth(token))
	}
}

// identifySlowly is identify, but takes no decision about the token "slow" before ctx ends.
func identifySlowly(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
	if token == "slow" {
		<-ctx.Done()
		return bridge.Identity{}, errors.New("too slow")
	}
	return identify(ctx, r, token)
}

// Whatever ends a connection, what it held of the bridge's memory returns.
func TestMemoryReturnsWhateverEndsAConnection(t *testing.T) {
	test := func(t *testing.T, config func(*testing.T) bridge.Config) {
		for name, end := range endings {
			t.Run(name, func(t *testing.T) {
				bothSubprotocols(t, func(t *testing.T, subprotocol string) {
					slowly := func(t *testing.T) bridge.Config {
						c := config(t)
						c.Authorize, c.MaxSessionAge = identifySlowly, time.Hour
						return c
					}
					inVirtualTime(t, 0, slowly, func(t *testing.T, v *virtual) {
						p := v.pipeOf(t, subprotocol, "ci/20s")
						synctest.Wait()
						if held := v.bridge.HeldMemory(); held < 20<<10 {
							t.Errorf("a connection costs %d bytes", held)
						}
						go p.Drain()
						end(t, v, p)
						time.Sleep(2 * time.Minute)
						if held := v.bridge.HeldMemory(); held != 0 {
							t.Errorf("%d bytes are held after the end", held)
						}
					})
				})
			})
		}
	}
	framed(t, 3*time.Second, test)
	t.Run("Opaque", func(t *testing.T) {
		test(t, func(t *testing.T) bridge.Config { return bridge.Config{Dial: newBrokers(t, echoes).dial} })
	})
}
