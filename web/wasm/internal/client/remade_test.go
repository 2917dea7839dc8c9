//go:build !js

package client

import (
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

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

// TestARecordThatTheOldTopicDeniedGoesToTheNewOne has the record sent while the topic isn't there. The broker's answer
// leaves no doubt that it stored nothing.
func TestARecordThatTheOldTopicDeniedGoesToTheNewOne(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	ctx, page, _ := connectFake(t, cluster)
	store(ctx, t, page, to("to the old one"))
	kafka, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer kafka.Close()
	var isThere atomic.Bool
	sent := make(chan struct{}, 100)
	cluster.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		if isThere.Load() {
			return nil, nil, false
		}
		cluster.KeepControl()
		sent <- struct{}{}
		resp := req.ResponseKind().(*kmsg.ProduceResponse)
		for _, topic := range req.(*kmsg.ProduceRequest).Topics {
			t := kmsg.NewProduceResponseTopic()
			t.Topic = topic.Topic
			for _, partition := range topic.Partitions {
				p := kmsg.NewProduceResponseTopicPartition()
				p.Partition, p.ErrorCode = partition.Partition, kerr.UnknownTopicOrPartition.Code
				t.Partitions = append(t.Partitions, p)
			}
			resp.Topics = append(resp.Topics, t)
		}
		return resp, nil, true
	})
	call := startProduce(page, nil, to("to the new one"))
	<-sent
	admin := kadm.NewClient(kafka)
	if _, err := admin.DeleteTopic(ctx, "t"); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.CreateTopic(ctx, 1, 1, nil, "t"); err != nil {
		t.Fatal(err)
	}
	isThere.Store(true)
	for _, result := range resultsOf(ctx, t, call) {
		offsetOf(t, result)
	}
}
