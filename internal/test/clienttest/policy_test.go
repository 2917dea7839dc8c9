package clienttest

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// readOnly allows everybody to read topics.
func readOnly(topics ...string) []bridge.Policy {
	return []bridge.Policy{{Identities: []string{"*"}, Allow: []string{"read-only"}, Topics: topics}}
}

// TestPolicyUnderATail has a client without credentials tail two topics, of which the policy takes one away.
func TestPolicyUnderATail(t *testing.T) {
	authority := testca.New(t)
	cluster := saslCluster(t, authority, 3*time.Second)
	direct, err := kgo.NewClient(kgo.SeedBrokers(cluster.Bootstrap()...), kgo.AllowAutoTopicCreation())
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	produce := func(topics ...string) {
		t.Helper()
		for _, topic := range topics {
			if err := direct.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte(topic)}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	produce("orders", "orders-new", "secret")

	b := bridgetest.New(t, bridge.Config{
		Brokers:   []string{advertised},
		ConnectTo: map[string]string{advertised: cluster.BootstrapOf("SASL_SSL")[0]},
		TLS:       &tls.Config{RootCAs: authority.Pool()},
		SASL:      held(password),
		Policies:  readOnly("orders*"),
	})
	dialer := &kafkaio.Dialer{Bridge: bridgetest.Serve(t, b) + "/kafka"}
	connect := func(options ...kgo.Opt) *kgo.Client {
		c, err := kgo.NewClient(append(options, kgo.SeedBrokers(advertised), kgo.Dialer(dialer.DialContext), kgo.FetchMaxWait(500*time.Millisecond))...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}

	if err := connect(kgo.DisableIdempotentWrite()).ProduceSync(ctx, &kgo.Record{Topic: "orders", Value: []byte("x")}).FirstErr(); !errors.Is(err, kerr.TopicAuthorizationFailed) {
		t.Errorf("producing: %v", err)
	}
	all := kmsg.NewPtrMetadataRequest()
	metadata, err := all.RequestWith(ctx, connect())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, topic := range metadata.Topics {
		names = append(names, *topic.Topic)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"orders", "orders-new"}) {
		t.Errorf("the client sees %q", names)
	}

	tail := connect(kgo.ConsumeTopics("orders", "orders-new"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.KeepRetryableFetchErrors())
	// poll polls until n records came, and returns their values; or until a topic is denied.
	poll := func(n int) (values []string, denied error) {
		t.Helper()
		for len(values) < n {
			fetches := tail.PollFetches(ctx)
			for _, e := range fetches.Errors() {
				if errors.Is(e.Err, kerr.TopicAuthorizationFailed) && e.Topic == "orders-new" {
					denied = e.Err
				} else {
					t.Fatal(e.Topic, e.Err)
				}
			}
			for r := range fetches.RecordsAll() {
				values = append(values, string(r.Value))
			}
		}
		slices.Sort(values)
		return values, denied
	}
	if got, denied := poll(2); denied != nil || !slices.Equal(got, []string{"orders", "orders-new"}) {
		t.Fatal(got, denied)
	}
	if err := b.SetPolicies([]bridge.Policy{{Identities: []string{"*"}, Allow: []string{"read-onyl"}}}); err == nil {
		t.Error("a policy that makes no sense is taken")
	}
	if err := b.SetPolicies(readOnly("orders")); err != nil {
		t.Fatal(err)
	}
	var denied error
	for denied == nil {
		produce("orders", "orders-new")
		var got []string
		if got, denied = poll(1); denied != nil && slices.Contains(got, "orders-new") {
			t.Error("a record and a denial of a topic in one")
		}
	}
	produce("orders")
	if got, _ := poll(1); slices.Contains(got, "orders-new") {
		t.Errorf("%q after the topic was taken away", got)
	}
}
