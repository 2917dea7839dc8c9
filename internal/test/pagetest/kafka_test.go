package pagetest

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
)

// A kafka lets a test use a cluster beside the page.
type kafka struct {
	t      *testing.T
	ctx    context.Context // ends when patience does
	client *kgo.Client
	admin  *kadm.Client
}

func newKafka(t *testing.T, brokers []string) *kafka {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	t.Cleanup(cancel)
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &kafka{t: t, ctx: ctx, client: client, admin: kadm.NewClient(client)}
}

// newTopic creates a topic with a name of its own, that starts with prefix.
func (k *kafka) newTopic(prefix string, partitions int32, configs map[string]*string) string {
	k.t.Helper()
	return kafkatopic.Create(k.ctx, k.t, k.client, prefix, partitions, configs)
}

func (k *kafka) produce(records ...*kgo.Record) {
	k.t.Helper()
	if err := k.client.ProduceSync(k.ctx, records...).FirstErr(); err != nil {
		k.t.Fatal(err)
	}
}

// end is the offset of the next record of a partition.
func (k *kafka) end(topic string, partition int32) int64 {
	k.t.Helper()
	ends, err := k.admin.ListEndOffsets(k.ctx, topic)
	if err != nil {
		k.t.Fatal(err)
	}
	end, ok := ends.Lookup(topic, partition)
	if !ok || end.Err != nil {
		k.t.Fatalf("no end of partition %d: %v", partition, end.Err)
	}
	return end.Offset
}

// recordAt is a record that is stored.
func (k *kafka) recordAt(topic string, partition int32, offset int64) *kgo.Record {
	k.t.Helper()
	at := map[int32]kgo.Offset{partition: kgo.NewOffset().At(offset)}
	k.client.AddConsumePartitions(map[string]map[int32]kgo.Offset{topic: at})
	defer k.client.RemoveConsumePartitions(map[string][]int32{topic: {partition}})
	for {
		fetches := k.client.PollRecords(k.ctx, 1)
		if err := fetches.Err(); err != nil {
			k.t.Fatalf("partition %d, offset %d: %v", partition, offset, err)
		}
		for _, r := range fetches.Records() {
			if r.Topic == topic && r.Partition == partition && r.Offset == offset {
				return r
			}
		}
	}
}
