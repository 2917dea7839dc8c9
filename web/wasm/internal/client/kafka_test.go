//go:build !js

package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

// session is how long brokers accept one authentication.
const session = 3 * time.Second

// secured starts Apache Kafka with TLS and each mechanism, and returns the URL of a bridge and the authority.
func secured(t *testing.T) (url, ca string) {
	t.Helper()
	authority := testca.New(t)
	const listener, modules = "listener.name.sasl_ssl.", "org.apache.kafka.common.security."
	cluster := kafkatest.StartSCRAM(t, kafkatest.Options{Brokers: 1, Properties: map[string]string{
		"sasl.enabled.mechanisms":                                   "SCRAM-SHA-512,PLAIN,OAUTHBEARER",
		listener + "plain.sasl.jaas.config":                         modules + `plain.PlainLoginModule required user_bob="builder";`,
		listener + "oauthbearer.sasl.jaas.config":                   modules + `oauthbearer.OAuthBearerLoginModule required;`,
		listener + "oauthbearer.sasl.server.callback.handler.class": modules + "oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler",
		listener + "connections.max.reauth.ms":                      "3000",
		"authorizer.class.name":                                     "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":                                               "User:ANONYMOUS;User:alice",
	}}, authority, "alice", "wonderland")
	return bridgeTo(t, bridge.Config{Brokers: cluster.BootstrapOf("SASL_SSL")}), authority.PEM
}

// connectKafka connects a client.
func connectKafka(t *testing.T, options object) (context.Context, *porttest.Page) {
	t.Helper()
	ctx, page := start(t, func(context.Context, uint32, string, any) (any, error) { return nil, nil })
	page.Start(nil, "connect", options, nil, 1).Item(ctx)
	return ctx, page
}

// unsigned returns a token that brokers take which don't verify signatures.
func unsigned(t *testing.T, subject string, expires time.Time) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return part(object{"alg": "none"}) + "." + part(object{"sub": subject, "iat": time.Now().Add(-time.Minute).Unix(), "exp": expires.Unix()}) + "."
}

func TestSASLOnApacheKafka(t *testing.T) {
	url, ca := secured(t)
	password := func(mechanism, user, password string) object {
		return object{"bridge": url, "tls": object{"ca": ca}, "sasl": object{"mechanism": mechanism, "username": user, "password": password}}
	}
	t.Run("accepted", func(t *testing.T) {
		for _, options := range []object{password("scram-sha-512", "alice", "wonderland"), password("plain", "bob", "builder")} {
			connectKafka(t, options)
		}
	})
	t.Run("refused", func(t *testing.T) {
		for _, options := range []object{password("scram-sha-512", "alice", "secret"), password("scram-sha-512", "nobody", "secret"), password("plain", "bob", "secret")} {
			ctx, page := start(t, nil)
			_, err := page.Start(nil, "connect", options, nil, 1).Result(ctx)
			if e := failure(t, err); e.Code != "SASL_AUTHENTICATION_FAILED" || strings.Contains(e.Message, "secret") {
				t.Errorf("%s: %s", e.Code, e.Message)
			}
		}
		ctx, page := start(t, nil)
		_, err := page.Start(nil, "connect", password("scram-sha-256", "alice", "wonderland"), nil, 1).Result(ctx)
		if e := failure(t, err); e.Code != "UNSUPPORTED_SASL_MECHANISM" {
			t.Errorf("%s: %s", e.Code, e.Message)
		}
	})
	bearer := object{"bridge": url, "tls": object{"ca": ca}, "sasl": object{"mechanism": "oauthbearer"}}
	t.Run("a token that has expired", func(t *testing.T) {
		old := unsigned(t, "alice", time.Now().Add(-time.Second))
		ctx, page := start(t, func(context.Context, uint32, string, any) (any, error) { return old, nil })
		_, err := page.Start(nil, "connect", bearer, nil, 1).Result(ctx)
		if e := failure(t, err); e.Code != "SASL_AUTHENTICATION_FAILED" || !strings.Contains(e.Message, "token") {
			t.Errorf("%s: %s", e.Code, e.Message)
		}
	})
	t.Run("tokens are renewed", func(t *testing.T) {
		var asked atomic.Int64
		ctx, page := start(t, func(_ context.Context, _ uint32, callback string, _ any) (any, error) {
			if callback == "sasl.token" {
				asked.Add(1)
			}
			return unsigned(t, "alice", time.Now().Add(time.Hour)), nil
		})
		page.Start(nil, "connect", bearer, nil, 1).Item(ctx)
		do(ctx, t, page, "createTopic", object{"name": "t", "partitions": 1, "replication": 1})
		before := asked.Load()
		for end := time.Now().Add(3 * session); time.Now().Before(end); {
			store(ctx, t, page, to("v"))
		}
		if n := asked.Load() - before; n < 2 {
			t.Errorf("in three sessions %d tokens were wanted", n)
		}
	})
	t.Run("what is allowed", func(t *testing.T) {
		for user, want := range map[string]bool{"bob builder": false, "alice wonderland": true} {
			name, secret, _ := strings.Cut(user, " ")
			mechanism := map[bool]string{true: "scram-sha-512", false: "plain"}[want]
			ctx, page := connectKafka(t, password(mechanism, name, secret))
			allowed := do(ctx, t, page, "cluster", nil).(object)["allowed"].([]any)
			for _, api := range []string{"DescribeAcls", "DescribeLogDirs", "ElectLeaders"} {
				if got := slices.Contains(allowed, any(api)); got != want {
					t.Errorf("%s may %s: %v", name, api, got)
				}
			}
			if !slices.Contains(allowed, any("Fetch")) {
				t.Errorf("%s may not fetch", name)
			}
		}
	})
}

func TestGroupsOfEachProtocolOnApacheKafka(t *testing.T) {
	brokers := kafkatest.Start(t, kafkatest.Options{Brokers: 1}).Bootstrap()
	ctx, page := connectKafka(t, object{"bridge": bridgeTo(t, bridge.Config{Brokers: brokers})})
	do(ctx, t, page, "createTopic", object{"name": "t", "partitions": 2, "replication": 1})
	share(ctx, t, page, brokers, "share")
	streams, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		t.Fatal(err)
	}
	defer streams.Close()
	joining := joinStreams("streams", "t")
	for joined := false; !joined; { // the coordinator may have to make its topic first
		resp, err := streams.Broker(0).Request(ctx, joining) // franz-go knows no coordinator of it
		if err != nil {
			t.Fatal(err)
		}
		r := resp.(*kmsg.StreamsGroupHeartbeatResponse)
		joined = len(r.ActiveTasks) > 0
		if r.ErrorCode == 0 {
			joining.MemberEpoch = r.MemberEpoch
			if !joined {
				joining.Topology, joining.ActiveTasks = nil, []kmsg.TaskIDs{}
			}
		}
	}
	listed := page.Start(nil, "groups", object{}, nil, 8)
	var protocols []string
	for _, g := range listed.Item(ctx).([]any) {
		protocols = append(protocols, g.(object)["id"].(string)+" is "+g.(object)["protocol"].(string))
	}
	if want := []string{"share is share", "streams is streams"}; !slices.Equal(protocols, want) {
		t.Errorf("%q, want %q", protocols, want)
	}
	for _, id := range []string{"share", "streams"} {
		g := do(ctx, t, page, "group", object{"id": id}).(object)
		assignments := g["assignments"].([]any)
		if g["members"] != 1.0 || g["coordinator"].(float64) < 0 || g["error"] != nil || len(assignments) != 1 ||
			len(assignments[0].(object)["partitions"].([]any)) != 2 {
			t.Errorf("%v", g)
		}
	}
	if g := do(ctx, t, page, "group", object{"id": "share"}).(object); g["lag"] == nil {
		t.Errorf("%v", g)
	}
}

// joinStreams is the first request of a member of a streams group that reads a topic (KIP-1071).
func joinStreams(group, topic string) *kmsg.StreamsGroupHeartbeatRequest {
	req := kmsg.NewPtrStreamsGroupHeartbeatRequest()
	req.Group, req.MemberID, req.ProcessID, req.RebalanceTimeoutMillis = group, "member", kmsg.StringPtr("process"), 60_000
	sub := kmsg.NewStreamsGroupHeartbeatRequestTopologySubtopology()
	sub.SubtopologyID, sub.SourceTopics = "0", []string{topic}
	req.Topology = &kmsg.StreamsGroupHeartbeatRequestTopology{Subtopologies: []kmsg.StreamsGroupHeartbeatRequestTopologySubtopology{sub}}
	req.ActiveTasks, req.StandbyTasks, req.WarmupTasks = []kmsg.TaskIDs{}, []kmsg.TaskIDs{}, []kmsg.TaskIDs{}
	return req
}
