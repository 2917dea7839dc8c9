package bridge_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// asUsers is a bridge that shows users' tokens, which are as identify takes them, to the broker.
func asUsers(b *saslBroker) func(*testing.T) bridge.Config {
	return func(t *testing.T) bridge.Config {
		return bridge.Config{
			AllowPlaintext: true, AskAsUser: true, Dial: newBrokers(t, b.serve).dial,
			Authorize: func(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
				who, err := identify(ctx, r, token)
				who.Token = bridge.Secret(token)
				return who, err
			},
			SASL: func(_ context.Context, who bridge.Identity) (sasl.Mechanism, error) {
				if who.Token == "" {
					b.fault("credentials of nobody")
					return nil, bridge.Refusal("nobody has none")
				}
				return oauth.Auth{Token: string(who.Token)}.AsMechanism(), nil
			},
		}
	}
}

// bearer returns the token of an OAUTHBEARER authentication.
func bearer(auth []byte) string {
	_, token, _ := strings.Cut(string(auth), "auth=Bearer ")
	token, _, _ = strings.Cut(token, "\x01")
	return token
}

// nameOf returns the name in a token.
func nameOf(auth []byte) string {
	name, _, _ := strings.Cut(bearer(auth), "/")
	return name
}

// TestNoTwoIdentitiesShareAPrincipal has the connections of many sessions come and go at once. The broker
// compares the principal of each connection with the identity in each client_id.
func TestNoTwoIdentitiesShareAPrincipal(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		broker := &saslBroker{lifetime: 3 * time.Second, principalOf: nameOf}
		var mu sync.Mutex
		served := map[string]int{}
		broker.answer = func(principal, clientID string, request []byte) []byte {
			if clientID != principal+"/c" {
				broker.fault("%s asks as %s", clientID, principal)
			}
			mu.Lock()
			defer mu.Unlock()
			served[principal]++
			return request
		}
		inVirtualTime(t, 0, asUsers(broker), func(t *testing.T, v *virtual) {
			var sessions sync.WaitGroup
			for i := range 30 {
				sessions.Go(func() {
					time.Sleep(time.Duration(i%7) * 100 * time.Millisecond)
					p := v.pipeOf(t, subprotocol, fmt.Sprintf("user-%d", i%3))
					answers := &pipeReader{pipe: p}
					for id := range int32(20) { // for longer than two lifetimes
						if err := p.send(request(metadataKey, 1, id, 50)); err != nil {
							t.Error(err)
							return
						}
						if _, err := readFrame(answers); err != nil {
							t.Error(err)
							return
						}
						time.Sleep(400 * time.Millisecond)
					}
				})
			}
			sessions.Wait()
			authentications, faults, _ := broker.seen()
			if len(faults) > 0 {
				t.Error(faults)
			}
			if len(served) != 3 || served["user-0"] != 200 || served["user-1"] != 200 || served["user-2"] != 200 {
				t.Errorf("requests by principal: %v", served)
			}
			if authentications < 60 {
				t.Errorf("%d authentications: none was renewed", authentications)
			}
		})
	})
}

func TestUserWithoutCredentialsAnyMoreIsDenied(t *testing.T) {
	broker := &saslBroker{lifetime: 10 * time.Second, principalOf: nameOf}
	config := func(t *testing.T) bridge.Config {
		c := asUsers(broker)(t)
		calls := 0
		c.SASL = func(_ context.Context, who bridge.Identity) (sasl.Mechanism, error) {
			if calls++; calls > 1 {
				return nil, bridge.Refusal("alice was taken out")
			}
			return oauth.Auth{Token: string(who.Token)}.AsMechanism(), nil
		}
		return c
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		p := v.pipeOf(t, hostile.Tunnel, "alice")
		time.Sleep(11 * time.Second)
		if err := p.send(request(metadataKey, 1, 1, 50)); err != nil {
			t.Fatal(err)
		}
		if code, reason := p.end(); code != 4403 || reason != "denied: alice was taken out" {
			t.Errorf("closed with %d %q", code, reason)
		}
	})
}

func TestNothingIsDialledForAUserWithoutCredentials(t *testing.T) {
	config := func(t *testing.T) bridge.Config {
		c := asUsers(&saslBroker{})(t)
		c.SASL = func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
			return nil, bridge.Refusal("not alice")
		}
		c.Brokers = []string{memoryBroker, "192.0.2.3:9092", "192.0.2.4:9092"}
		c.Dial = func(_ context.Context, _, addr string) (net.Conn, error) {
			t.Errorf("%s was dialled", addr)
			return nil, io.EOF
		}
		return c
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		for _, target := range []string{memoryBroker, ""} {
			c := v.connect(t, hostile.Tunnel, nil)
			send(t, c, hostile.Auth("alice"), hostile.Open(1, 1<<20, target))
			if code, reason := (pipe{c, false}).end(); code != 4403 || reason != "denied: not alice" {
				t.Errorf("%q was refused with %d %q", target, code, reason)
			}
		}
	})
}

// namesSecond answers Metadata of version 1 with a broker at second.
func namesSecond([]byte) []byte {
	resp := kmsg.NewPtrMetadataResponse()
	resp.Version = 1
	b := kmsg.NewMetadataResponseBroker()
	b.NodeID, b.Host, b.Port = 2, "192.0.2.2", 9092
	resp.Brokers = append(resp.Brokers, b)
	return resp.AppendTo(nil)
}

const second = "192.0.2.2:9092"

// The broker refuses mallory, whose questions fail for nobody else.
func TestTheClusterIsAskedAsTheUser(t *testing.T) {
	questions := map[string]int{}
	broker := &saslBroker{principalOf: func(auth []byte) string {
		if name := nameOf(auth); name != "mallory" {
			return name
		}
		return ""
	}}
	broker.answer = func(principal, clientID string, request []byte) []byte {
		if clientID != "kafkaio-bridge" {
			return request
		}
		questions[principal]++
		return namesSecond(request)
	}
	inVirtualTime(t, 0, asUsers(broker), func(t *testing.T, v *virtual) {
		session := func(name string) *hostile.Conn {
			c := v.connect(t, hostile.Tunnel, nil)
			send(t, c, hostile.Auth(name))
			return c
		}
		mallory := session("mallory")
		send(t, mallory, hostile.Open(1, 1<<20, second))
		if code, reason := (pipe{mallory, false}).end(); code != 4502 || !strings.HasPrefix(reason, "cluster: not asked about "+second+": sasl: ") {
			t.Errorf("mallory was refused with %d %q", code, reason)
		}
		start := time.Now()
		open(t, session("alice"), 1, 1<<20, second)
		if took := time.Since(start); took > 0 {
			t.Errorf("alice waited for %v", took)
		}
		open(t, session("bob"), 1, 1<<20, second)
		if len(questions) != 1 || questions["alice"] != 1 {
			t.Errorf("questions by principal: %v: bob has alice's answer", questions)
		}
		if _, faults, _ := broker.seen(); len(faults) > 0 {
			t.Error(faults)
		}
	})
}

func TestIdentitiesThatBrokersWouldMistakeAreRefused(t *testing.T) {
	for name, want := range map[string]string{"alice/app": "has a /", "__admin_client": "begins with __admin_client"} {
		c := bridge.Config{Authorize: func(context.Context, *http.Request, string) (bridge.Identity, error) {
			return bridge.Identity{Name: name}, nil
		}}
		identified(t, c, func(t *testing.T, v *virtual) {
			c := v.connect(t, hostile.Tunnel, nil)
			send(t, c, hostile.Auth("good"))
			closed, _ := untilEnd(t, c)
			wantUnauthorized(t, closed, want)
		})
	}
}
