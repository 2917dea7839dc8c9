package kafkatest_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m)) }

// newClient returns a client that is bounded in time, and the time.
func newClient(t *testing.T, brokers []string, options ...kgo.Opt) (context.Context, *kgo.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(brokers...))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return ctx, client
}

func produce(ctx context.Context, t *testing.T, client *kgo.Client, topic string, from, to int) {
	t.Helper()
	var records []*kgo.Record
	for i := from; i < to; i++ {
		records = append(records, &kgo.Record{Topic: topic, Partition: int32(i % 3), Value: []byte(fmt.Sprint(i))})
	}
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// consume reads the records 0 to n of produce and fails unless each partition has its own, in order.
func consume(ctx context.Context, t *testing.T, client *kgo.Client, n int) {
	t.Helper()
	next := [3]int{0, 1, 2}
	for seen := 0; seen < n; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d records: %v", seen, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if want := []byte(fmt.Sprint(next[r.Partition])); !bytes.Equal(r.Value, want) {
				t.Errorf("partition %d, offset %d: %q, want %q", r.Partition, r.Offset, r.Value, want)
			}
			next[r.Partition] += 3
			seen++
		})
	}
}

func TestThreeBrokersAreUpAndPassRecordsOn(t *testing.T) {
	begun := time.Now()
	brokers := kafkatest.Shared(t).Bootstrap()
	t.Logf("ready after %v", time.Since(begun))
	ctx, client := newClient(t, brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	metadata, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, client)
	if err != nil || len(metadata.Brokers) < 3 {
		t.Fatalf("%d brokers, want 3; %v", len(metadata.Brokers), err)
	}
	topic := kafkatopic.Create(ctx, t, client, "test", 3, nil)
	produce(ctx, t, client, topic, 0, 300)
	_, consumer := newClient(t, brokers, kgo.ConsumeTopics(topic))
	consume(ctx, t, consumer, 300)
}

func TestSharedIsStartedOnce(t *testing.T) {
	first, second := kafkatest.Shared(t).Bootstrap(), kafkatest.Shared(t).Bootstrap()
	if fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("%v, then %v", first, second)
	}
}

// TestABrokerIsEndedAndRestarted ends one in order, when others take over its partitions, and at once.
// What is on it alone is there again either way.
func TestABrokerIsEndedAndRestarted(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 3, Properties: kafkatest.FastTakeover})
	brokers := cluster.Bootstrap()
	ctx, client := newClient(t, brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	const alone = "alone" // has a partition on each broker
	unreplicated := kmsg.NewCreateTopicsRequestTopic()
	unreplicated.Topic, unreplicated.NumPartitions, unreplicated.ReplicationFactor = alone, 3, 1
	kafkatopic.CreateAs(ctx, t, client, unreplicated)
	shared := kafkatopic.Create(ctx, t, client, "shared", 3, nil)
	produce(ctx, t, client, shared, 0, 300)
	produce(ctx, t, client, alone, 0, 300)
	for i, end := range []func(int){cluster.Stop, cluster.Kill} {
		end(1)
		_, ended := newClient(t, brokers[1:2], kgo.RetryTimeout(time.Second))
		if err := ended.Ping(ctx); err == nil {
			t.Error("broker 1 answers though it was ended")
		}
		produce(ctx, t, client, shared, 300*(i+1), 300*(i+2))
		begun := time.Now()
		cluster.Restart(1)
		t.Logf("restarted after %v", time.Since(begun))
		for topic, records := range map[string]int{shared: 300 * (i + 2), alone: 300} {
			_, restarted := newClient(t, brokers[1:2], kgo.ConsumeTopics(topic))
			consume(ctx, t, restarted, records)
		}
	}
}

func TestOneBrokerTakesItsProperties(t *testing.T) {
	begun := time.Now()
	brokers := kafkatest.Start(t, kafkatest.Options{
		Brokers:    1,
		Properties: map[string]string{"message.max.bytes": "4321"},
	}).Bootstrap()
	t.Logf("ready after %v", time.Since(begun))
	ctx, client := newClient(t, brokers)
	of := kmsg.NewDescribeConfigsRequestResource()
	of.ResourceType, of.ResourceName, of.ConfigNames = kmsg.ConfigResourceTypeBroker, "0", []string{"message.max.bytes"}
	describe := kmsg.NewPtrDescribeConfigsRequest()
	describe.Resources = append(describe.Resources, of)
	described, err := describe.RequestWith(ctx, client)
	if err != nil {
		t.Fatal(err)
	}
	configs := described.Resources[0].Configs
	if len(configs) != 1 || configs[0].Value == nil || *configs[0].Value != "4321" {
		t.Errorf("message.max.bytes is not 4321: %+v", configs)
	}
}
