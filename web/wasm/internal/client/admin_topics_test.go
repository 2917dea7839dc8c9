//go:build !js

package client

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

func TestTopicsAreSummaries(t *testing.T) {
	cluster := newFake(t, kfake.NumBrokers(3), kfake.SeedTopics(2, "a"), kfake.SeedTopics(4, "t"))
	ctx, page, _ := connectFake(t, cluster)
	topics := do(ctx, t, page, "topics", object{"internal": false}).([]any)
	if len(topics) != 2 {
		t.Fatalf("%v", topics)
	}
	for i, want := range []object{
		{"name": "a", "internal": false, "partitions": 2.0, "replication": 3.0, "offline": 0.0, "underReplicated": 0.0, "underMinIsr": 0.0},
		{"name": "t", "internal": false, "partitions": 4.0, "replication": 3.0, "offline": 0.0, "underReplicated": 0.0, "underMinIsr": 0.0},
	} {
		if fmt.Sprint(topics[i]) != fmt.Sprint(want) {
			t.Errorf("%v, want %v", topics[i], want)
		}
	}
}

func TestASummaryCounts(t *testing.T) {
	partition := func(leader int32, replicas, isr int) kmsg.MetadataResponseTopicPartition {
		return kmsg.MetadataResponseTopicPartition{Leader: leader, Replicas: make([]int32, replicas), ISR: make([]int32, isr)}
	}
	topic := kmsg.MetadataResponseTopic{Topic: kmsg.StringPtr("t"), Partitions: []kmsg.MetadataResponseTopicPartition{
		partition(1, 3, 3), partition(1, 3, 2), partition(1, 3, 1), partition(-1, 3, 0),
	}}
	want := topicSummary{Name: "t", Partitions: 4, Replication: 3, Offline: 1, UnderReplicated: 3, UnderMinISR: 2}
	if got := summarize(topic, minISR{replicas: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	unknown := &port.Error{Code: "TOPIC_AUTHORIZATION_FAILED"}
	want.UnderMinISR, want.Error = 0, unknown
	if got := summarize(topic, minISR{err: unknown}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestATopicHasItsLayout(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(2, "t"))
	ctx, page, _ := connectFake(t, cluster)
	store(ctx, t, page, to("a"), to("b"))
	leader := cluster.LeaderFor("t", 1)
	cluster.ControlKey(int16(kmsg.ListOffsets), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if cluster.CurrentNode() != leader {
			return nil, nil, false
		}
		return refuse(req.(*kmsg.ListOffsetsRequest), kerr.OffsetNotAvailable.Code), nil, true
	})
	if cluster.LeaderFor("t", 0) == leader {
		cluster.MoveTopicPartition("t", 0, 1-leader)
	}
	got := do(ctx, t, page, "topic", object{"name": "t"}).(object)
	layout := got["layout"].([]any)
	if got["name"] != "t" || len(got["id"].(string)) != 22 || len(layout) != 2 {
		t.Fatalf("%v", got)
	}
	if p := layout[0].(object); p["id"] != 0.0 || p["start"] != int64(0) || p["end"] != int64(2) || p["error"] != nil {
		t.Errorf("partition 0: %v", p)
	}
	p := layout[1].(object)
	if e, _ := p["error"].(*port.Error); p["start"] != nil || p["end"] != nil || e == nil || e.Topic != "t" || *e.Partition != 1 {
		t.Errorf("partition 1, whose leader doesn't tell: %v", p)
	}
	if _, err := page.Do(ctx, "topic", object{"name": "missing"}); failure(t, err).Code != "UNKNOWN_TOPIC_OR_PARTITION" {
		t.Errorf("a topic that isn't there: %v", err)
	}
}

// refuse answers each partition of a request with an error.
func refuse(req *kmsg.ListOffsetsRequest, code int16) *kmsg.ListOffsetsResponse {
	resp := req.ResponseKind().(*kmsg.ListOffsetsResponse)
	for _, t := range req.Topics {
		rt := kmsg.NewListOffsetsResponseTopic()
		rt.Topic = t.Topic
		for _, p := range t.Partitions {
			rp := kmsg.NewListOffsetsResponseTopicPartition()
			rp.Partition, rp.ErrorCode = p.Partition, code
			rt.Partitions = append(rt.Partitions, rp)
		}
		resp.Topics = append(resp.Topics, rt)
	}
	return resp
}

// TestListingTopicsTakesTwoRequests counts neither ApiVersions, which opens a connection, nor questions whether a
// broker answers, which a client asks from time to time. On a machine that stands still for longer than silence a
// request is repeated.
func TestListingTopicsTakesTwoRequests(t *testing.T) {
	names := make([]string, 100)
	for i := range names {
		names[i] = fmt.Sprintf("topic-%d", i)
	}
	cluster := newFake(t, kfake.SeedTopics(100, names...))
	began := time.Now()
	ctx, page, _ := connectFake(t, cluster)
	do(ctx, t, page, "topics", nil) // opens connections, and finds out who the controller is
	requests := make(chan string, 64)
	cluster.ControlKey(-1, func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		metadata, ok := req.(*kmsg.MetadataRequest)
		ofNone := ok && metadata.Topics != nil && len(metadata.Topics) == 0
		if name := kmsg.NameForKey(req.Key()); name != "ApiVersions" && !ofNone {
			requests <- name
		}
		return nil, nil, false
	})
	topics := do(ctx, t, page, "topics", nil).([]any)
	got := drain(requests)
	if time.Since(began) >= silence {
		got = slices.Compact(got)
	}
	if len(topics) != len(names) || len(got) > 2 {
		t.Errorf("%d topics by %v", len(topics), got)
	}
}

// drain takes what is in a channel.
func drain(names <-chan string) (all []string) {
	for len(names) > 0 {
		all = append(all, <-names)
	}
	return all
}
