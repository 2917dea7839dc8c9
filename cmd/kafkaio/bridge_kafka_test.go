package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TestBridgeHoldsTheCredentialsForApacheKafka has franz-go read from a cluster with TLS, SCRAM and an authorizer
// through a bridge that is its super user, whose policy lets clients only read orders*.
func TestBridgeHoldsTheCredentialsForApacheKafka(t *testing.T) {
	const user, password = "kafkaio", "open-sesame-42"
	ca := testca.New(t)
	cluster := kafkatest.StartSCRAM(t, kafkatest.Options{Brokers: 1, Properties: map[string]string{
		"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":           "User:ANONYMOUS;User:" + user, // without TLS the test is ANONYMOUS
	}}, ca, user, password)
	ctx := withPatience(t)
	direct, err := kgo.NewClient(kgo.SeedBrokers(cluster.Bootstrap()...))
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	admin := kadm.NewClient(direct)
	topics := []string{"orders-eu", "payments"}
	if _, err := admin.CreateTopics(ctx, 1, 1, nil, topics...); err != nil {
		t.Fatal(err)
	}
	for _, topic := range topics {
		if err := direct.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("of " + topic)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}

	dir := t.TempDir()
	caFile, passwordFile := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "password")
	writeFile(t, caFile, ca.PEM)
	writeFile(t, passwordFile, password+"\n")
	at := cluster.BootstrapOf("SASL_SSL")[0]
	text := strings.Replace(oneCluster(at), fmt.Sprintf("brokers: [%q]", at), fmt.Sprintf(
		"brokers: [%q], tls: {ca: %s}, sasl: {mechanism: scram-sha-512, user: %s, password_file: %s}", at, caFile, user, passwordFile), 1)
	policies := `policies:
  - {name: readers, groups: [devs], allow: read-only, topics: ["orders*"], consumer_groups: {join: ["kafkaio-*"]}}
`
	name := bridgeFile(t, text+policies)
	o := runToEnd(t, stubPage, "bridge", "--check", name)
	mustSay(t, o.stdout, "it answers and takes the credentials of the bridge", "0 problems")

	c := startBridgeOf(t, name)
	d := c.dialer("token of ci")
	client := franz(t, d, at, kgo.ConsumerGroup("kafkaio-test"), kgo.ConsumeTopics(topics[0]), kgo.DisableIdempotentWrite())
	if got := topicsOf(t, client); !slices.Equal(got, topics[:1]) {
		t.Errorf("the topics are %q", got)
	}
	if records := client.PollFetches(ctx).Records(); len(records) != 1 || string(records[0].Value) != "of orders-eu" {
		t.Errorf("the group reads %v", records)
	}
	for _, topic := range topics {
		if err := client.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("denied")}).FirstErr(); !errors.Is(err, kerr.TopicAuthorizationFailed) {
			t.Errorf("producing to %s: %v", topic, err)
		}
		deleted, err := kadm.NewClient(client).DeleteTopic(ctx, topic)
		if err == nil {
			err = deleted.Err
		}
		if !errors.Is(err, kerr.TopicAuthorizationFailed) {
			t.Errorf("deleting %s: %v", topic, err)
		}
	}
	foreign := franz(t, d, at, kgo.ConsumerGroup("others"), kgo.ConsumeTopics(topics[0]))
	if err := foreign.PollFetches(ctx).Err(); !errors.Is(err, kerr.GroupAuthorizationFailed) {
		t.Errorf("joining another group: %v", err)
	}
	foreign.Close()

	writeFile(t, name, text+strings.Replace(policies, "orders*", "payments*", 1))
	c.waitForLog("configuration reloaded")
	if got := topicsOf(t, client); !slices.Equal(got, topics[1:]) {
		t.Errorf("after the reload the topics are %q", got)
	}
	client.Close()

	ends, err := admin.ListEndOffsets(ctx, topics...)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range topics {
		if end, ok := ends.Lookup(topic, 0); !ok || end.Err != nil || end.Offset != 1 {
			t.Errorf("%s: the end is %d, %v", topic, end.Offset, end.Err)
		}
	}
	c.stop()
	if said := c.stdout.String() + c.stderr.String() + o.stdout + o.stderr; strings.Contains(said, password) {
		t.Errorf("the password is in:\n%s", said)
	}
}
