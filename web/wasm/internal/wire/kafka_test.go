package wire

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
)

func TestDecodeWhatKfakeSays(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	testExchanges(t, cluster.ListenAddrs())
}

func TestDecodeWhatApacheKafkaSays(t *testing.T) {
	brokers := kafkatest.Start(t, kafkatest.Options{Brokers: 1}).Bootstrap()
	testExchanges(t, brokers)
	testSensitiveSettings(t, brokers)
}

// testSensitiveSettings fails unless the settings that the brokers call sensitive are known by name: a
// request that sets one doesn't say that it is.
func testSensitiveSettings(t *testing.T, brokers []string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	admin := kadm.NewClient(client)
	found, err := admin.ListBrokers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	configs, err := admin.DescribeBrokerConfigs(ctx, found.NodeIDs()...)
	if err != nil {
		t.Fatal(err)
	}
	sensitive := 0
	for _, config := range configs[0].Configs {
		if config.Sensitive {
			sensitive++
			if !isSensitive(config.Key) {
				t.Errorf("%s is sensitive", config.Key)
			}
		}
	}
	if sensitive == 0 {
		t.Errorf("none of %d settings is sensitive", len(configs[0].Configs))
	}
}

// testExchanges fails unless each byte is understood of what franz-go and the brokers say to each other.
func testExchanges(t *testing.T, brokers []string) {
	t.Helper()
	tap := new(Tap)
	c := tap.Capture(MaxCaptured)
	defer c.Close()
	use(t, brokers, tap)

	seen := map[string]bool{}
	for _, f := range next(t, c).Frames {
		field := f.Decode()
		checkPartition(t, field, f.Size)
		if s := said(field); len(s) > 0 {
			t.Errorf("%s v%d: %q\n%s", field.Name, f.APIVersion, s, text(field))
		}
		if !f.Request && f.Latency <= 0 {
			t.Errorf("%s took %v", field.Name, f.Latency)
		}
		seen[field.Name] = true
	}
	for _, name := range []string{"ApiVersions", "Metadata", "Produce", "Fetch", "FindCoordinator", "JoinGroup", "SyncGroup", "OffsetCommit", "CreateTopics", "DescribeConfigs"} {
		for _, part := range []string{"Request", "Response"} {
			if !seen[name+part] {
				t.Errorf("%s%s didn't pass", name, part)
			}
		}
	}
}

// use produces, consumes in a group and asks for configurations, over connections with a Tap.
func use(t *testing.T, brokers []string, tap *Tap) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dialer := new(kafkaio.Dialer)
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.Dialer(func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return tap.Conn(conn, addr), nil
		}),
		kgo.ConsumerGroup(fmt.Sprint("readers-", rand.Uint64())), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	topic := kafkatopic.Create(ctx, t, client, "orders", 1, nil)
	for i := range 3 {
		r := &kgo.Record{Topic: topic, Key: fmt.Append(nil, i), Value: []byte(strings.Repeat("v", 100)), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("x")}}}
		if err := client.ProduceSync(ctx, r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	client.AddConsumeTopics(topic)
	for n := 0; n < 3; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		n += fetches.NumRecords()
	}
	if err := client.CommitUncommittedOffsets(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := kadm.NewClient(client).DescribeTopicConfigs(ctx, topic); err != nil {
		t.Fatal(err)
	}
}
