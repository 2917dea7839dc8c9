//go:build !js

package client

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

func TestAShareGroupHasMembersAndLag(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	ctx, page, _ := connectFake(t, cluster)
	share(ctx, t, page, cluster.ListenAddrs(), "g")
	g := do(ctx, t, page, "group", object{"id": "g"}).(object)
	if g["protocol"] != "share" || g["state"] != "Stable" || g["members"] != 1.0 || g["coordinator"].(float64) < 0 || g["error"] != nil {
		t.Errorf("%v", g)
	}
	assignments := g["assignments"].([]any)
	if len(assignments) != 1 || fmt.Sprint(assignments[0].(object)["partitions"]) != "[map[partition:0 topic:t]]" {
		t.Errorf("%v", assignments)
	}
	offset := g["offsets"].([]any)[0].(object)
	if offset["topic"] != "t" || offset["committed"] == nil || offset["lag"] == nil || offset["lagMs"] == nil {
		t.Errorf("%v", offset)
	}
}

// share has a member of a share group read a record of the topic t, which the page stores. It leaves with the test.
func share(ctx context.Context, t *testing.T, page *porttest.Page, brokers []string, group string) {
	t.Helper()
	member, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ClientID("member"), kgo.ShareGroup(group), kgo.ConsumeTopics("t"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(member.Close)
	for read := false; !read; { // it begins at the end, and so some time after it has been made
		store(ctx, t, page, to("v"))
		polling, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		read = len(member.PollRecords(polling, 1).Records()) > 0
		cancel()
	}
}

func TestAStreamsGroupHasThePartitionsOfItsTasks(t *testing.T) {
	described := kmsg.StreamsGroupDescribeResponseGroup{
		State: "Stable",
		Topology: &kmsg.StreamsGroupDescribeResponseGroupTopology{Subtopologies: []kmsg.StreamsGroupDescribeResponseGroupTopologySubtopology{
			{SubtopologyID: "0", SourceTopics: []string{"orders"}},
			{SubtopologyID: "1", RepartitionSourceTopics: []kmsg.TopicInfo{{Topic: "by-key"}}},
		}},
		Members: []kmsg.StreamsGroupDescribeResponseGroupMember{{MemberID: "m", ClientID: "app", Assignment: kmsg.StreamsAssignment{
			ActiveTasks:  []kmsg.TaskIDs{{SubtopologyID: "1", Partitions: []int32{2}}, {SubtopologyID: "0", Partitions: []int32{1, 0}}},
			StandbyTasks: []kmsg.TaskIDs{{SubtopologyID: "0", Partitions: []int32{5}}},
		}}},
	}
	var g groupDetail
	g.addStreams(described)
	want := "[{m app  [{by-key 2} {orders 0} {orders 1}]}]"
	if got := fmt.Sprint(g.Assignments); got != want || g.Members != 1 || g.State != "Stable" {
		t.Errorf("%s, want %s; %+v", got, want, g)
	}
}
