//go:build !js

package client

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

func TestRecordsGoToATopicThatWasMadeAgain(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(4, "t"))
	ctx, page, _ := connectFake(t, cluster)
	kafka, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer kafka.Close()
	admin := kadm.NewClient(kafka)
	// With fewer partitions each time: a record may have had one that is no more.
	for partitions := int32(3); ; {
		again := false
		var calls []*porttest.Call
		for range 8 {
			calls = append(calls, startProduce(page, nil, &kgo.Record{Topic: "t", Partition: anyPartition, Value: []byte("v")}, to("v")))
		}
		for _, call := range calls {
			for _, result := range resultsOf(ctx, t, call) {
				if e, ok := result.(*port.Error); ok && e.Code == "UNKNOWN_TOPIC_ID" && e.OutcomeUnknown && e.Retriable {
					again = true // it was sent when franz-go learned of the new topic
				} else {
					offsetOf(t, result)
				}
			}
		}
		if again {
			continue
		}
		if partitions == 0 {
			return
		}
		if _, err := admin.DeleteTopic(ctx, "t"); err != nil {
			t.Fatal(err)
		}
		if _, err := admin.CreateTopic(ctx, partitions, 1, nil, "t"); err != nil {
			t.Fatal(err)
		}
		partitions--
	}
}
