package filter

import (
	"context"
	"reflect"
	"runtime"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// A policy may be reloaded while the cluster is asked for names.
func TestRightsAreThoseAfterTheClusterWasAsked(t *testing.T) {
	set := func(allow string) *policy.Set {
		s, err := policy.New([]policy.Policy{analyst(allow)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	now, after := set("read-write"), set("read-only")
	asked := 0
	f := newFilter(t, func(o *Options) {
		o.Rights = func() *policy.Rights { return now.Rights("prod", "ci", nil) }
		o.TopicNames = func(ctx context.Context, ids [][16]byte) map[[16]byte]string {
			asked++
			now = after
			return topicNames(ctx, ids)
		}
	}, analyst("read-write"))
	req := produces(13, 3, 1)
	for i := range req.Topics {
		req.Topics[i].TopicID = id(byte(7 + i))
	}
	req.Topics = append(req.Topics, produces(13, 1, 1).Topics...)
	resp := denied(t, f, req).(*kmsg.ProduceResponse)
	if len(resp.Topics) != 4 || resp.Topics[3].Partitions[0].ErrorCode != errTopicAuthorization {
		t.Errorf("%+v", resp.Topics)
	}
	if asked != 1 {
		t.Errorf("the cluster was asked %d times", asked)
	}
}

func TestTopicIDsOfRequestsAndAnswers(t *testing.T) {
	for _, tc := range []struct {
		name string
		of   any
		want int
	}{
		{"Metadata", &kmsg.MetadataRequest{Topics: []kmsg.MetadataRequestTopic{{TopicID: id(1)}, {Topic: kmsg.StringPtr("orders")}, {TopicID: id(2)}}}, 2},
		{"DeleteTopics", &kmsg.DeleteTopicsRequest{Topics: []kmsg.DeleteTopicsRequestTopic{{TopicID: id(1)}}}, 1},
		{"OffsetFetch", &kmsg.OffsetFetchRequest{Groups: []kmsg.OffsetFetchRequestGroup{{Topics: []kmsg.OffsetFetchRequestGroupTopic{{TopicID: id(1)}}}}}, 1},
		{"ListGroups", &kmsg.ListGroupsRequest{}, 0},
	} {
		if got := topicIDs(reflect.ValueOf(tc.of).Elem()); len(got) != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}

// A request that waits for its answer has been decided, so the names of its topics are needed no more. A client may
// send an id 50,000 times in 1 MiB.
func TestRequestsThatWaitHoldNoNames(t *testing.T) {
	const requests, ids = 50, 50_000
	f := newFilter(t, func(o *Options) {
		o.TopicNames = func(ctx context.Context, asked [][16]byte) map[[16]byte]string {
			names := make(map[[16]byte]string, ids)
			for id, name := range topicNames(ctx, asked) {
				names[id] = name
			}
			return names
		}
	}, analyst("read-only"))
	fetch := at(13, kmsg.NewPtrFetchRequest())
	for _, n := range []byte{1, 7} { // the second is unknown: its error waits for the answer
		topic := kmsg.NewFetchRequestTopic()
		topic.TopicID = id(n)
		topic.Partitions = append(topic.Partitions, kmsg.NewFetchRequestTopicPartition())
		fetch.Topics = append(fetch.Topics, topic)
	}
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	for range requests {
		forward(t, f, fetch)
	}
	if grown := int64(held()) - int64(before); grown > requests*ids {
		t.Errorf("%d requests hold %d bytes, of which the filter counts %d", requests, grown, f.Held())
	}
	runtime.KeepAlive(f)
}
