package clienttest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// TestPolicyDeniesAsKafkaDoes compares what Kafka's authorizer answers a user whose ACLs let it read, and
// what a superuser gets through a bridge with a policy that says the same: item by item, in each version.
func TestPolicyDeniesAsKafkaDoes(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{
		Brokers: 1, Protocols: []string{"SASL_PLAINTEXT"},
		Properties: map[string]string{
			"authorizer.class.name":   "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
			"super.users":             "User:ANONYMOUS", // that is who speaks PLAINTEXT
			"sasl.enabled.mechanisms": "SCRAM-SHA-512",
			"listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
		},
	})
	cluster.AddSCRAM(t, user, password)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	connect := func(options ...kgo.Opt) *kgo.Client {
		c, err := kgo.NewClient(options...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	super := connect(kgo.SeedBrokers(cluster.Bootstrap()...))
	ids := prepare(ctx, t, super)

	b := bridgetest.New(t, bridge.Config{Brokers: cluster.Bootstrap(), Policies: []bridge.Policy{{
		Identities: []string{"*"}, Allow: []string{"read-only"}, Topics: []string{"orders*"},
		ConsumerGroups: bridge.ConsumerGroups{See: []string{"*"}},
	}}})
	dialer := &kafkaio.Dialer{Bridge: bridgetest.Serve(t, b) + "/kafka"}
	direct := []kgo.Opt{kgo.SeedBrokers(cluster.BootstrapOf("SASL_PLAINTEXT")...), kgo.SASL(scram.Auth{User: user, Pass: password}.AsSha512Mechanism())}
	bridged := []kgo.Opt{kgo.SeedBrokers(cluster.Bootstrap()...), kgo.Dialer(dialer.DialContext)}
	ask := func(c *kgo.Client, req kmsg.Request) []string {
		t.Helper()
		resp, err := c.SeedBrokers()[0].Request(ctx, req)
		if err != nil {
			t.Errorf("%s version %d: %v", kmsg.NameForKey(req.Key()), req.GetVersion(), err)
			return nil
		}
		return slices.Sorted(slices.Values(codes(nil, "", reflect.ValueOf(resp).Elem())))
	}
	versions, err := kmsg.NewPtrApiVersionsRequest().RequestWith(ctx, super)
	if err != nil {
		t.Fatal(err)
	}
	for reader := connect(direct...); !slices.Contains(ask(reader, metadataOf("orders")), "orders : 0"); { // until the ACLs are in force
		if ctx.Err() != nil {
			t.Fatal("the ACLs are not in force")
		}
	}

	before, compared := stateOf(ctx, t, super), 0
	for _, request := range slices.Concat(topicRequests(ids), groupRequests(ids)) {
		key := request().Key()
		i := slices.IndexFunc(versions.ApiKeys, func(k kmsg.ApiVersionsResponseApiKey) bool { return k.ApiKey == key })
		for version := max(versions.ApiKeys[i].MinVersion, lowest[key]); version <= min(versions.ApiKeys[i].MaxVersion, request().MaxVersion()); version++ {
			highest := kversion.Stable()
			highest.SetMaxKeyVersion(key, version)
			want := ask(connect(append(direct, kgo.MaxVersions(highest))...), request())
			got := ask(connect(append(bridged, kgo.MaxVersions(highest))...), request())
			if !slices.Equal(got, want) {
				t.Errorf("%s version %d:\nKafka says %q\nthe bridge %q", kmsg.NameForKey(key), version, want, got)
			}
			compared++
		}
	}
	creates := metadataOf("orders-made", "made")
	creates.AllowAutoTopicCreation = true
	ask(connect(bridged...), creates)
	if after := stateOf(ctx, t, super); after != before {
		t.Errorf("something changed:\n%s\nbefore:\n%s", after, before)
	}
	if compared < 60 {
		t.Errorf("only %d requests were compared", compared)
	}
}

// lowest are the lowest versions to compare. Kafka names older ones of Produce and doesn't take them
// (KAFKA-18659). The bridge takes no Metadata that can't say that no topic be created.
var lowest = map[int16]int16{0: 3, 3: 4}

// prepare makes topics, of which a reader may read the first, and returns their ids.
func prepare(ctx context.Context, t *testing.T, super *kgo.Client) map[string]kadm.TopicID {
	t.Helper()
	admin := kadm.NewClient(super)
	ids := make(map[string]kadm.TopicID)
	for _, topic := range []string{"orders", "secret"} {
		made, err := admin.CreateTopic(ctx, 1, 1, nil, topic)
		if err != nil {
			t.Fatal(err)
		}
		ids[topic] = made.ID
		if err := super.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("x")}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	offsets := make(kadm.Offsets)
	offsets.AddOffset("orders", 0, 1, -1)
	offsets.AddOffset("secret", 0, 1, -1)
	if err := admin.CommitAllOffsets(ctx, "group", offsets); err != nil {
		t.Fatal(err)
	}
	allow := func(b *kadm.ACLBuilder, operations ...kadm.ACLOperation) {
		t.Helper()
		results, err := admin.CreateACLs(ctx, b.Allow("User:"+user).AllowHosts("*").Operations(operations...))
		for _, r := range results {
			err = r.Err
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	allow(kadm.NewACLs().Groups("*"), kadm.OpDescribe)
	allow(kadm.NewACLs().Topics("orders").ResourcePatternType(kadm.ACLPatternPrefixed), kadm.OpRead, kadm.OpDescribe, kadm.OpDescribeConfigs)
	return ids
}

// stateOf returns what a client could have changed.
func stateOf(ctx context.Context, t *testing.T, super *kgo.Client) string {
	t.Helper()
	admin := kadm.NewClient(super)
	topics, err := admin.ListTopics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	names := topics.Names()
	starts, err1 := admin.ListStartOffsets(ctx, "orders", "secret")
	ends, err2 := admin.ListEndOffsets(ctx, "orders", "secret")
	configs, err3 := admin.DescribeTopicConfigs(ctx, "orders", "secret")
	groups, err4 := admin.ListGroups(ctx)
	offsets, err5 := admin.FetchOffsets(ctx, "group")
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	for _, topic := range names {
		fmt.Fprintln(&b, topic, topics[topic].ID, len(topics[topic].Partitions))
	}
	for _, r := range slices.SortedFunc(slices.Values(configs), func(a, b kadm.ResourceConfig) int { return strings.Compare(a.Name, b.Name) }) {
		for _, c := range r.Configs {
			fmt.Fprint(&b, r.Name, " ", c.Key, "=", c.MaybeValue(), " ")
		}
	}
	fmt.Fprintln(&b, starts, ends, groups.Groups())
	for _, o := range offsets.Sorted() {
		fmt.Fprintln(&b, o.Topic, o.At)
	}
	return b.String()
}

// codes appends the error codes in an answer to all, each with the names and partitions that it is about.
func codes(all []string, about string, v reflect.Value) []string {
	for _, name := range []string{"Topic", "ResourceName", "Group", "Key", "Partition"} {
		f := v.FieldByName(name)
		for f.IsValid() && f.Kind() == reflect.Pointer {
			f = f.Elem()
		}
		if f.IsValid() && f.Kind() != reflect.Slice {
			about += fmt.Sprint(f, " ")
		}
		if id := v.FieldByName("TopicID"); name == "Topic" && id.IsValid() && (!f.IsValid() || f.Len() == 0) {
			about += fmt.Sprint(id, " ")
		}
	}
	if f := v.FieldByName("ErrorCode"); f.IsValid() {
		all = append(all, fmt.Sprintf("%s: %d", about, f.Int()))
	}
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct {
			for j := range f.Len() {
				all = codes(all, about, f.Index(j))
			}
		}
	}
	return all
}
