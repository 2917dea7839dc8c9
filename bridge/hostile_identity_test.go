package bridge_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// identify takes tokens of the form NAME or NAME/LIFE, LIFE being how long the identity holds.
func identify(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
	name, life, bounded := strings.Cut(token, "/")
	if name == "" {
		return bridge.Identity{}, errors.New("one is needed")
	}
	who := bridge.Identity{Name: name}
	if bounded {
		d, err := time.ParseDuration(life)
		if err != nil {
			return bridge.Identity{}, err
		}
		who.Expires = time.Now().Add(d)
	}
	return who, nil
}

// identified is a bridge with echoing brokers, in virtual time.
func identified(t *testing.T, c bridge.Config, test func(*testing.T, *virtual)) {
	t.Helper()
	inVirtualTime(t, 0, func(t *testing.T) bridge.Config {
		c.Dial = newBrokers(t, echoes).dial
		if c.Authorize == nil {
			c.Authorize = identify
		}
		return c
	}, test)
}

// untilEnd reads to the end of the WebSocket, and returns it with the types of the messages before.
func untilEnd(t *testing.T, c *hostile.Conn) (closed *hostile.Closed, before []byte) {
	t.Helper()
	for {
		b, err := c.Receive()
		if err != nil {
			closed, ok := errors.AsType[*hostile.Closed](err)
			if !ok {
				t.Fatalf("the WebSocket ended without a close frame: %v", err)
			}
			return closed, before
		}
		before = append(before, b[0])
	}
}

func wantUnauthorized(t *testing.T, closed *hostile.Closed, word string) {
	t.Helper()
	if closed.Code != 4401 || !strings.HasPrefix(closed.Reason, "token: ") || !strings.Contains(closed.Reason, word) {
		t.Errorf("the session %v, code 4401 and a reason with %q were expected", closed, word)
	}
}

func TestFloodOfTokensEndsTheSession(t *testing.T) {
	var calls atomic.Int32
	c := bridge.Config{Authorize: func(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
		calls.Add(1)
		return identify(ctx, r, token)
	}}
	identified(t, c, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		for range 8 {
			send(t, c, hostile.Auth("ci"))
		}
		time.Sleep(2 * time.Second) // virtual
		send(t, c, hostile.Auth("ci"), hostile.Auth("ci"))
		open(t, c, 1, 1<<20, memoryBroker)
		go func() {
			for c.Send(hostile.Auth("ci")) == nil {
			}
		}()
		if closed, _ := untilEnd(t, c); closed.Code != 4429 {
			t.Errorf("the session %v, code 4429 was expected", closed)
		}
		if n := calls.Load(); n > 12 {
			t.Errorf("Authorize was called %d times", n)
		}
	})
}

func TestTokenOfAnotherIdentityEndsTheSession(t *testing.T) {
	identified(t, bridge.Config{}, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		send(t, c, hostile.Auth("ci"))
		open(t, c, 1, 1<<20, memoryBroker)
		send(t, c, hostile.Auth("ci"))
		mustEchoOn(t, c, 1, "renewed")
		send(t, c, hostile.Auth("root"))
		closed, _ := untilEnd(t, c)
		wantUnauthorized(t, closed, "another identity")
	})
}

// TestOpenWaitsForASlowAuthorize has the bridge answer pings and take OPENs meanwhile.
func TestOpenWaitsForASlowAuthorize(t *testing.T) {
	c := bridge.Config{Authorize: func(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
		time.Sleep(5 * time.Second) // virtual
		return identify(ctx, r, token)
	}}
	identified(t, c, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		start := time.Now()
		send(t, c, hostile.Auth("ci"), hostile.Open(1, 1<<20, memoryBroker))
		if err := c.AwaitPong("is anybody reading?"); err != nil || time.Since(start) > time.Second {
			t.Fatalf("a pong after %v: %v", time.Since(start), err)
		}
		expect(t, c, hostile.TypeOpened, 1)
		if took := time.Since(start); took < 5*time.Second {
			t.Errorf("OPENED after %v, before the token was judged", took)
		}
	})
}

func TestAuthorizeThatHangsEndsTheSession(t *testing.T) {
	c := bridge.Config{Authorize: func(ctx context.Context, _ *http.Request, _ string) (bridge.Identity, error) {
		<-ctx.Done()
		return bridge.Identity{}, ctx.Err()
	}}
	identified(t, c, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		start := time.Now()
		send(t, c, hostile.Auth("ci"), hostile.Open(1, 1<<20, memoryBroker))
		closed, _ := untilEnd(t, c)
		wantUnauthorized(t, closed, "")
		mustBeWithin(t, "the session ended", time.Since(start), 9*time.Second, 12*time.Second)
	})
}

func TestWithoutATokenTheRequestTells(t *testing.T) {
	c := bridge.Config{Authorize: func(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
		if user := r.Header.Get("X-Forwarded-User"); user != "" && token == "" {
			return bridge.Identity{Name: user}, nil
		}
		return identify(ctx, r, token)
	}}
	identified(t, c, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, http.Header{"X-Forwarded-User": {"ana"}})
		open(t, c, 1, 1<<20, memoryBroker)
		none := v.connect(t, hostile.Tunnel, nil)
		send(t, none, hostile.Open(1, 1<<20, memoryBroker))
		closed, _ := untilEnd(t, none)
		wantUnauthorized(t, closed, "one is needed")
	})
}

func TestExpiredTokenIsRefused(t *testing.T) {
	identified(t, bridge.Config{}, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		send(t, c, hostile.Auth("ci/-1s"), hostile.Open(1, 1<<20, memoryBroker))
		closed, _ := untilEnd(t, c)
		wantUnauthorized(t, closed, "expired")
	})
}

// TestExpiryClosesStreamsAndTheSession has a client that ignores what the bridge asks for.
func TestExpiryClosesStreamsAndTheSession(t *testing.T) {
	identified(t, bridge.Config{}, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		start := time.Now()
		send(t, c, hostile.Auth("ci/1m"))
		open(t, c, 1, 1<<20, memoryBroker)
		expect(t, c, hostile.TypeAuth, 0)
		mustBeWithin(t, "the bridge asked for a token", time.Since(start), 39*time.Second, 41*time.Second)
		asked := 1
		for m := receive(t, c); ; m = receive(t, c) {
			if m.Type != hostile.TypeAuth {
				if m.Type != hostile.TypeGoAway {
					t.Fatalf("got %v, GOAWAY was expected", m)
				}
				break
			}
			asked++
		}
		if m := expect(t, c, hostile.TypeClose, 1); m.Code() != 4401 {
			t.Errorf("got %v, code 4401 was expected", m)
		}
		closed, _ := untilEnd(t, c)
		wantUnauthorized(t, closed, "expired")
		mustBeWithin(t, "the session ended", time.Since(start), 59*time.Second, 62*time.Second)
		if asked < 2 || asked > 5 {
			t.Errorf("the bridge asked %d times", asked)
		}
	})
}

func TestRenewedIdentityGoesOn(t *testing.T) {
	identified(t, bridge.Config{}, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		send(t, c, hostile.Auth("ci/2s"))
		open(t, c, 1, 1<<20, memoryBroker)
		for range 20 {
			expect(t, c, hostile.TypeAuth, 0)
			send(t, c, hostile.Auth("ci/2s"))
			mustEchoOn(t, c, 1, "still")
		}
	})
}

func TestRevokedIdentityEnds(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		identified(t, bridge.Config{}, func(t *testing.T, v *virtual) {
			connect := func(name string) pipe {
				p := pipe{v.connect(t, subprotocol, http.Header{"Authorization": {"Bearer " + name}}), subprotocol == hostile.Raw}
				if !p.raw {
					send(t, p.Conn, hostile.Auth(name))
					open(t, p.Conn, 1, 1<<20, memoryBroker)
				}
				p.mustEcho(t, "in")
				return p
			}
			gone, stays := connect("gone"), connect("stays")
			v.bridge.Revoke(func(who bridge.Identity) bool { return who.Name == "gone" })
			closed, _ := untilEnd(t, gone.Conn)
			wantUnauthorized(t, closed, "revoked")
			stays.mustEcho(t, "still in")
		})
	})
}

func TestRawSessionEndsWithItsIdentity(t *testing.T) {
	identified(t, bridge.Config{}, func(t *testing.T, v *virtual) {
		start := time.Now()
		c := v.connect(t, hostile.Raw, http.Header{"Authorization": {"Bearer ci/1m"}})
		closed, _ := untilEnd(t, c)
		wantUnauthorized(t, closed, "expired")
		mustBeWithin(t, "the session ended", time.Since(start), 59*time.Second, 61*time.Second)
	})
}

func TestOldSessionIsAskedToLeaveAndThenEnds(t *testing.T) {
	identified(t, bridge.Config{MaxSessionAge: time.Hour}, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		start := time.Now()
		send(t, c, hostile.Auth("ci"))
		open(t, c, 1, 1<<20, memoryBroker)
		expect(t, c, hostile.TypeGoAway, 0)
		mustBeWithin(t, "GOAWAY came", time.Since(start), 53*time.Minute, time.Hour+time.Second)
		mustEchoOn(t, c, 1, "still open")
		left := time.Now()
		if closed, _ := untilEnd(t, c); closed.Code != 1001 {
			t.Errorf("the session %v, code 1001 was expected", closed)
		}
		mustBeWithin(t, "the session ended", time.Since(left), 9*time.Minute, 11*time.Minute)
	})
}
