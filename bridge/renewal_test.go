package bridge_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// TestRevokeRepeatsAJudgementInFlight has Authorize let in, 2 s later, who was good when it was called.
func TestRevokeRepeatsAJudgementInFlight(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		var calls atomic.Int32
		var gone atomic.Bool
		c := bridge.Config{Authorize: func(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
			calls.Add(1)
			wasGone := gone.Load()
			time.Sleep(2 * time.Second) // virtual
			if wasGone {
				return bridge.Identity{}, errors.New("nobody knows it")
			}
			return bridge.Identity{Name: token}, nil
		}}
		identified(t, c, func(t *testing.T, v *virtual) {
			c := v.connect(t, subprotocol, http.Header{"Authorization": {"Bearer ci"}})
			if subprotocol == hostile.Tunnel {
				send(t, c, hostile.Auth("ci"), hostile.Open(1, 1<<20, memoryBroker))
			}
			time.Sleep(time.Second)
			gone.Store(true)
			v.bridge.Revoke(func(bridge.Identity) bool { return true })
			closed, _ := untilEnd(t, c)
			wantUnauthorized(t, closed, "nobody knows it")
			if n := calls.Load(); n != 2 {
				t.Errorf("Authorize was called %d times", n)
			}
		})
	})
}

// A refused token changes nothing about the one before: the session goes on until that expires, and the client is
// told.
func TestRefusedRenewalKeepsTheSession(t *testing.T) {
	identified(t, bridge.Config{}, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		start := time.Now()
		send(t, c, hostile.Auth("ci/20s"))
		open(t, c, 1, 1<<20, memoryBroker)
		refused := func(token, want string) {
			t.Helper()
			send(t, c, hostile.Auth(token))
			if m := expect(t, c, hostile.TypeAuth, 0); string(m.Payload) != want {
				t.Errorf("the bridge said %q of the token %q, %q was expected", m.Payload, token, want)
			}
			mustEchoOn(t, c, 1, "still")
		}
		refused("", "token: one is needed")
		refused("ci/-1s", "token: it has expired")
		send(t, c, hostile.Auth("ci/40s"))
		time.Sleep(25 * time.Second) // virtual
		open(t, c, 2, 1<<20, memoryBroker)
		refused("", "token: one is needed")
		closed, _ := untilEnd(t, c)
		wantUnauthorized(t, closed, "it has expired, and a new one was refused: one is needed")
		mustBeWithin(t, "the session ended", time.Since(start), 39*time.Second, 42*time.Second)
	})
}

// A token that nobody judges in time doesn't end a session that has one, and counts if it is good after all.
func TestSlowRenewalKeepsTheSession(t *testing.T) {
	for name, row := range map[string]struct {
		heeds bool // its context
		ends  time.Duration
	}{
		"EndsWithItsContext": {true, time.Minute},
		"ComesLate":          {false, 2*time.Minute + 15*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			c := bridge.Config{Authorize: func(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
				token, isSlow := strings.CutPrefix(token, "slow ")
				switch {
				case isSlow && row.heeds:
					<-ctx.Done()
					return bridge.Identity{}, ctx.Err()
				case isSlow:
					time.Sleep(15 * time.Second) // virtual
				}
				return identify(ctx, r, token)
			}}
			identified(t, c, func(t *testing.T, v *virtual) {
				c := v.connect(t, hostile.Tunnel, nil)
				start := time.Now()
				send(t, c, hostile.Auth("ci/1m"))
				open(t, c, 1, 1<<20, memoryBroker)
				send(t, c, hostile.Auth("slow ci/2m"))
				if m := expect(t, c, hostile.TypeAuth, 0); !strings.Contains(string(m.Payload), "in time") {
					t.Errorf("the bridge said %q", m.Payload)
				}
				mustBeWithin(t, "the bridge refused the token", time.Since(start), 9*time.Second, 11*time.Second)
				mustEchoOn(t, c, 1, "still")
				closed, _ := untilEnd(t, c)
				wantUnauthorized(t, closed, "expired")
				mustBeWithin(t, "the session ended", time.Since(start), row.ends-time.Second, row.ends+2*time.Second)
			})
		})
	}
}

// A new token's groups count for the next request of a stream that is open.
func TestRenewedGroupsCountAtOnce(t *testing.T) {
	config := func(t *testing.T) bridge.Config {
		return bridge.Config{
			Policies: []bridge.Policy{{Groups: []string{"devs"}, Allow: []string{"read-only"}, Topics: []string{"orders*"}}},
			Dial:     newBrokers(t, answersMetadata(0)).dial,
			Authorize: func(_ context.Context, _ *http.Request, groups string) (bridge.Identity, error) {
				return bridge.Identity{Name: "ci", Groups: strings.Fields(groups)}, nil
			},
		}
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		p := v.pipeOf(t, hostile.Tunnel, "others")
		answers := &pipeReader{pipe: p}
		for i, groups := range []string{"others", "others devs", "others"} {
			send(t, p.Conn, hostile.Auth(groups))
			synctest.Wait()
			if err := p.send(askMetadata(int32(i), "orders")); err != nil {
				t.Fatal(err)
			}
			frame, err := readFrame(answers)
			if err != nil {
				t.Fatal(err)
			}
			answer := kmsg.NewPtrMetadataResponse()
			answer.Version = 8
			if err := answer.ReadFrom(frame[4:]); err != nil {
				t.Fatal(err)
			}
			denied := len(answer.Topics) != 1 || answer.Topics[0].ErrorCode != 0
			if want := !strings.Contains(groups, "devs"); denied != want {
				t.Errorf("in groups %q: denied %v", groups, denied)
			}
		}
	})
}

// Requests pass without a break while tokens are renewed, and the bridge's own authentication too.
func TestRenewalDoesNotDisturbRequests(t *testing.T) {
	broker := &saslBroker{lifetime: 10 * time.Second, delay: 30 * time.Millisecond}
	config := func(t *testing.T) bridge.Config {
		c := withSASL(broker)(t)
		c.Authorize = identify
		return c
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		p := v.pipeOf(t, hostile.Tunnel, "ci/6s")
		go func() {
			for range 20 {
				time.Sleep(3 * time.Second)
				p.Send(hostile.Auth("ci/6s"))
			}
		}()
		answers := &pipeReader{pipe: p}
		start := time.Now()
		for i := int32(0); time.Since(start) < time.Minute; i++ {
			if err := p.send(request(metadataKey, 1, i, 5000)); err != nil {
				t.Fatal(err)
			}
			answer, err := readFrame(answers)
			if err != nil || binary.BigEndian.Uint32(answer) != uint32(i) {
				t.Fatalf("answer %d after %v: %v", i, time.Since(start), err)
			}
		}
		if _, faults, _ := broker.seen(); len(faults) > 0 {
			t.Error(faults)
		}
	})
}

// The identity ends while a renewal waits for an answer. Then there are no credentials for it, either.
func TestAnIdentityThatEndsDuringARenewalIsSaid(t *testing.T) {
	broker := &saslBroker{lifetime: 10 * time.Second, delay: 6 * time.Second}
	config := func(t *testing.T) bridge.Config {
		c := withSASL(broker)(t)
		c.Authorize = identify
		c.SASL = func(ctx context.Context, who bridge.Identity) (sasl.Mechanism, error) {
			if !time.Now().Before(who.Expires) {
				return nil, bridge.Refusal("no credentials")
			}
			return alice(ctx, who)
		}
		return c
	}
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
			p := v.pipeOf(t, subprotocol, "ci/12s")
			time.Sleep(7 * time.Second)
			p.send(request(metadataKey, 1, 1, 50))
			time.Sleep(2500 * time.Millisecond) // the renewal is due
			p.send(request(metadataKey, 1, 2, 50))
			if ids, code := p.answersUntilEnd(t); code != 4401 || len(ids) != 1 {
				t.Errorf("answers %v, closed with %d", ids, code)
			}
			p.Close()
		})
	})
}
