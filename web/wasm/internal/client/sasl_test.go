//go:build !js

package client

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

func TestSASLWithAPassword(t *testing.T) {
	for mechanism, name := range map[string]string{"plain": "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512"} {
		t.Run(mechanism, func(t *testing.T) {
			cluster := newFake(t, kfake.EnableSASL(), kfake.Superuser(name, "alice", "wonderland"), kfake.SeedTopics(4, "t"))
			url := bridgeTo(t, bridge.Config{Brokers: cluster.ListenAddrs()})
			sasl := object{"mechanism": mechanism, "username": "alice", "password": "wonderland"}
			ctx, page, _ := connectTo(t, object{"bridge": url, "sasl": sasl})
			store(ctx, t, page, to("v"))
		})
	}
}

// refuseCredentials has brokers refuse all credentials, up to a number of times, and counts how often they do.
func refuseCredentials(cluster *kfake.Cluster, most int64) *atomic.Int64 {
	refused := new(atomic.Int64)
	cluster.ControlKey(int16(kmsg.SASLAuthenticate), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if refused.Load() == most {
			return nil, nil, false
		}
		refused.Add(1)
		resp := req.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		resp.ErrorCode, resp.ErrorMessage = kerr.SaslAuthenticationFailed.Code, kmsg.StringPtr("invalid credentials")
		return resp, nil, true
	})
	return refused
}

func TestAWrongPasswordIsToldAtOnce(t *testing.T) {
	cluster := newFake(t, kfake.EnableSASL(), kfake.Superuser("PLAIN", "alice", "wonderland"))
	refused := refuseCredentials(cluster, math.MaxInt64)
	url := bridgeTo(t, bridge.Config{Brokers: cluster.ListenAddrs()})
	ctx, page := start(t, nil)
	_, err := page.Start(nil, "connect", object{"bridge": url, "sasl": object{"mechanism": "plain", "username": "alice", "password": "secret"}}, nil, 1).Result(ctx)
	e := failure(t, err)
	if e.Code != "SASL_AUTHENTICATION_FAILED" || e.Retriable || !strings.Contains(e.Message, "invalid credentials") || strings.Contains(e.Message, "secret") {
		t.Errorf("%s: %s", e.Code, e.Message)
	}
	if n := refused.Load(); n > 2 {
		t.Errorf("%d attempts", n)
	}
}

func TestAListenerThatTakesNoSASLIsTold(t *testing.T) {
	url := bridgeTo(t, bridge.Config{Brokers: newFake(t).ListenAddrs()})
	ctx, page := start(t, nil)
	_, err := page.Start(nil, "connect", object{"bridge": url, "sasl": object{"mechanism": "plain", "username": "alice", "password": "secret"}}, nil, 1).Result(ctx)
	if e := failure(t, err); e.Code != codeBrokerUnreachable || !strings.Contains(e.Message, "closed the connection") || !strings.Contains(e.Message, "sasl") {
		t.Errorf("%s: %s", e.Code, e.Message)
	}
}

// bearers are brokers with OAUTHBEARER that take one token, for some time.
func bearers(t *testing.T, right string, lifetimeMs int64) (url string) {
	t.Helper()
	cluster := newFake(t)
	cluster.ControlKey(int16(kmsg.SASLHandshake), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		return req.ResponseKind(), nil, true
	})
	cluster.ControlKey(int16(kmsg.SASLAuthenticate), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		resp := req.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		resp.SessionLifetimeMillis = lifetimeMs
		if !strings.Contains(string(req.(*kmsg.SASLAuthenticateRequest).SASLAuthBytes), "auth=Bearer "+right+"\x01") {
			resp.SASLAuthBytes = []byte(`{"status":"invalid_token"}`)
		}
		return resp, nil, true
	})
	return bridgeTo(t, bridge.Config{Brokers: cluster.ListenAddrs()})
}

// connectBearer connects with a function for tokens.
func connectBearer(t *testing.T, url string, token func() (any, error)) error {
	t.Helper()
	ctx, page := start(t, func(_ context.Context, _ uint32, callback string, _ any) (any, error) {
		if callback != "sasl.token" {
			return nil, nil
		}
		return token()
	})
	call := page.Start(nil, "connect", object{"bridge": url, "sasl": object{"mechanism": "oauthbearer"}}, nil, 1)
	_, err := call.Result(ctx)
	return err
}

func TestATokenThatABrokerRefusesIsTold(t *testing.T) {
	url := bearers(t, "right", 0)
	e := failure(t, connectBearer(t, url, func() (any, error) { return "wrong", nil }))
	if e.Code != "SASL_AUTHENTICATION_FAILED" || !strings.Contains(e.Message, "invalid_token") {
		t.Errorf("%s: %s", e.Code, e.Message)
	}
}

func TestATokenFunctionForBrokersThatFailsIsNamed(t *testing.T) {
	url := bearers(t, "right", 0)
	e := failure(t, connectBearer(t, url, func() (any, error) { return nil, errors.New("logged out") }))
	if e.Code != codeToken || e.Question == 0 || !strings.Contains(e.Message, "sasl.token") {
		t.Errorf("%s, question %d: %s", e.Code, e.Question, e.Message)
	}
}

func TestTokensForBrokersAreRenewed(t *testing.T) {
	url := bearers(t, "right", 1000)
	var asked atomic.Int64
	ctx, page := start(t, func(_ context.Context, _ uint32, callback string, _ any) (any, error) {
		if callback == "sasl.token" {
			asked.Add(1)
		}
		return "right", nil
	})
	page.Start(nil, "connect", object{"bridge": url, "sasl": object{"mechanism": "oauthbearer"}}, nil, 1).Item(ctx)
	do(ctx, t, page, "topics", object{})
	for before := asked.Load(); asked.Load() == before; { // a session of 1 s is over when the next request comes
		do(ctx, t, page, "topics", object{})
	}
}

func TestCredentialsThatAreRefusedLaterEndTheClient(t *testing.T) {
	cluster := newFake(t, kfake.EnableSASL(), kfake.Superuser("PLAIN", "alice", "wonderland"))
	var c changing
	config := bridge.Config{Brokers: cluster.ListenAddrs()}
	c.change(bridgetest.New(t, config))
	sasl := object{"mechanism": "plain", "username": "alice", "password": "wonderland"}
	ctx, _, call := connectTo(t, object{"bridge": bridgetest.Serve(t, &c) + "/kafka", "sasl": sasl})
	refuseCredentials(cluster, math.MaxInt64)
	c.change(bridgetest.New(t, config)) // whose connections are new
	if _, err := call.Result(ctx); failure(t, err).Code != "SASL_AUTHENTICATION_FAILED" {
		t.Errorf("the client ended with %v", err)
	}
}

// TestAConsumerOutlivesARefusal holds for a broker that has just started, and doesn't know its users yet.
func TestAConsumerOutlivesARefusal(t *testing.T) {
	for _, test := range []struct {
		refusals int64
		ends     bool
	}{{1, false}, {99, true}} {
		cluster := newFake(t, kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser("PLAIN", "alice", "wonderland"), kfake.SeedTopics(1, "t"))
		sasl := object{"mechanism": "plain", "username": "alice", "password": "wonderland"}
		ctx, page, _ := connectTo(t, object{"bridge": bridgeTo(t, bridge.Config{Brokers: cluster.ListenAddrs()}), "sasl": sasl})
		store(ctx, t, page, to("v"))
		refuseCredentials(cluster, test.refusals)
		consumer := page.Start(nil, "consume", object{"topics": []string{"t"}, "from": "earliest", "valueLimit": 1 << 20, "maxBufferedBytes": 1 << 20}, nil, 5)
		consumer.Item(ctx)
		if !test.ends {
			if _, ok := consumer.Item(ctx).([]byte); !ok {
				t.Error("it got no batch")
			}
			continue
		}
		result, err := consumer.Result(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if e, _ := result.(object)["error"].(*port.Error); e == nil || e.Code != "SASL_AUTHENTICATION_FAILED" {
			t.Errorf("it ended with %v", e)
		}
	}
}
