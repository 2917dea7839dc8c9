//go:build !js

package client

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

// join has a consumer read a record of the topic t as a member of a group, and commit it. It leaves when the
// function that is returned is called.
func join(ctx context.Context, t *testing.T, brokers []string, group string) (leave func()) {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ClientID("member"), kgo.ConsumerGroup(group),
		kgo.ConsumeTopics("t"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.DisableAutoCommit())
	if err != nil {
		t.Fatal(err)
	}
	left := false
	leave = func() {
		if !left {
			left = true
			c.Close()
		}
	}
	t.Cleanup(leave)
	fetches := c.PollRecords(ctx, 1)
	if err := fetches.Err(); err != nil {
		t.Fatal(err)
	}
	if err := c.CommitRecords(ctx, fetches.Records()...); err != nil {
		t.Fatal(err)
	}
	return leave
}

// withGroup is a cluster with three records in the topic t, one of which the group g has committed.
func withGroup(t *testing.T) (ctx context.Context, page *porttest.Page, cluster *kfake.Cluster, leave func()) {
	t.Helper()
	cluster = newFake(t, kfake.SeedTopics(1, "t", "other"))
	ctx, page, _ = connectFake(t, cluster)
	store(ctx, t, page, to("a"), to("b"), to("c"))
	return ctx, page, cluster, join(ctx, t, cluster.ListenAddrs(), "g")
}

func TestAGroupHasMembersAndLag(t *testing.T) {
	ctx, page, _, leave := withGroup(t)
	g := do(ctx, t, page, "group", object{"id": "g"}).(object)
	if g["state"] != "Stable" || g["protocol"] != "classic" || g["members"] != 1.0 || g["lag"] != int64(2) || g["coordinator"].(float64) < 0 || g["error"] != nil {
		t.Errorf("%v", g)
	}
	member := g["assignments"].([]any)[0].(object)
	if member["clientId"] != "member" || fmt.Sprint(member["partitions"]) != "[map[partition:0 topic:t]]" {
		t.Errorf("%v", member)
	}
	offset := g["offsets"].([]any)[0].(object)
	if offset["topic"] != "t" || offset["committed"] != int64(1) || offset["end"] != int64(3) || offset["lag"] != int64(2) || offset["lagMs"].(float64) < 0 {
		t.Errorf("%v", offset)
	}
	leave()
	if g := do(ctx, t, page, "group", object{"id": "g"}).(object); g["state"] != "Empty" || g["members"] != 0.0 || g["lag"] != int64(2) {
		t.Errorf("without members: %v", g)
	}
	if _, err := page.Do(ctx, "group", object{"id": "missing"}); failure(t, err).Code != "GROUP_ID_NOT_FOUND" {
		t.Errorf("a group that isn't there: %v", err)
	}
}

func TestGroupsAreListedByTopic(t *testing.T) {
	ctx, page, cluster, _ := withGroup(t)
	join(ctx, t, cluster.ListenAddrs(), "h")()
	for topic, want := range map[string]string{"": "[g h]", "t": "[g h]", "other": "[]"} {
		call := page.Start(nil, "groups", object{"topic": topic}, nil, 8)
		if _, err := call.Result(ctx); err != nil {
			t.Fatal(err)
		}
		var ids []any
		for _, g := range call.Item(ctx).([]any) {
			ids = append(ids, g.(object)["id"])
			if g.(object)["lag"] != int64(2) {
				t.Errorf("%v", g)
			}
		}
		if fmt.Sprint(ids) != want {
			t.Errorf("groups of %q: %v, want %s", topic, ids, want)
		}
	}
}

func TestAGroupThatTwoBrokersListIsOne(t *testing.T) {
	ctx, page, cluster, _ := withGroup(t)
	cluster.ControlKey(int16(kmsg.ListGroups), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		resp := r.ResponseKind().(*kmsg.ListGroupsResponse)
		g := kmsg.NewListGroupsResponseGroup()
		g.Group = "g"
		resp.Groups = append(resp.Groups, g)
		return resp, nil, true
	})
	call := page.Start(nil, "groups", object{}, nil, 8)
	if _, err := call.Result(ctx); err != nil {
		t.Fatal(err)
	}
	if listed := call.Item(ctx).([]any); len(listed) != 1 || listed[0].(object)["id"] != "g" {
		t.Errorf("%v", listed)
	}
}

func TestALagThatIsNotKnownSaysWhy(t *testing.T) {
	const denied = 29 // TOPIC_AUTHORIZATION_FAILED
	g := groupDetail{Offsets: []groupOffset{{Topic: "t", Committed: new(int64)}}}
	g.addLag(foundOffsets{{Topic: "t"}: {err: answerError(denied, nil)}})
	if o := g.Offsets[0]; g.Lag != nil || g.Error == nil || o.Error.KafkaCode != denied || o.End != nil || o.Lag != nil {
		t.Errorf("%+v", g)
	}
}

func TestOffsetsAreResetOnceTheGroupHasNoMembers(t *testing.T) {
	ctx, page, _, leave := withGroup(t)
	resetOffsets(ctx, t, page, "g", leave)
}

func resetOffsets(ctx context.Context, t *testing.T, page *porttest.Page, group string, leave func()) {
	reset := func(position any, preview bool) object {
		t.Helper()
		changes := do(ctx, t, page, "resetOffsets", object{
			"group": group, "preview": preview, "to": []object{{"topic": "t", "partitions": []int{0}, "to": position}},
		}).([]any)
		if len(changes) != 1 {
			t.Fatalf("%v", changes)
		}
		return changes[0].(object)
	}
	if ch := reset("latest", true); ch["from"] != int64(1) || ch["to"] != int64(3) || ch["error"] != nil {
		t.Errorf("a preview: %v", ch)
	}
	if ch := reset("latest", false); ch["error"] == nil || ch["error"].(*port.Error).OutcomeUnknown {
		t.Errorf("with a member: %v", ch)
	}
	leave()
	if ch := reset(object{"offset": "7"}, false); ch["to"] != int64(-1) || ch["error"].(*port.Error).Code != "OFFSET_OUT_OF_RANGE" {
		t.Errorf("beyond the end: %v", ch)
	}
	if ch := reset("latest", false); ch["from"] != int64(1) || ch["error"] != nil {
		t.Errorf("without members: %v", ch)
	}
	if ch := reset("committed", false); ch["from"] != int64(3) || ch["to"] != int64(3) || ch["error"] != nil {
		t.Errorf("to what is committed: %v", ch)
	}
	if ch := reset(object{"last": 2}, true); ch["to"] != int64(1) || ch["error"] != nil {
		t.Errorf("to the last records: %v", ch)
	}
	if ch := reset(object{"offset": "2"}, true); ch["from"] != int64(3) || ch["to"] != int64(2) {
		t.Errorf("after the reset: %v", ch)
	}
}

// withoutCoordinator is a cluster that has had no group: it says so of the first questions, more than franz-go asks again.
func withoutCoordinator(t *testing.T) (ctx context.Context, page *porttest.Page, asked *atomic.Int32) {
	t.Helper()
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	ctx, page, _ = connectFake(t, cluster)
	asked = new(atomic.Int32)
	cluster.ControlKey(int16(kmsg.FindCoordinator), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if asked.Add(1) > notCoordinated {
			return nil, nil, false
		}
		resp := r.ResponseKind().(*kmsg.FindCoordinatorResponse)
		for _, key := range r.(*kmsg.FindCoordinatorRequest).CoordinatorKeys {
			c := kmsg.NewFindCoordinatorResponseCoordinator()
			c.Key, c.NodeID, c.ErrorCode = key, -1, kerr.CoordinatorNotAvailable.Code
			resp.Coordinators = append(resp.Coordinators, c)
		}
		return resp, nil, true
	})
	return ctx, page, asked
}

const notCoordinated = 6

func TestOffsetsAreResetOnceThereIsACoordinator(t *testing.T) {
	ctx, page, asked := withoutCoordinator(t)
	changes := do(ctx, t, page, "resetOffsets", object{"group": "g", "preview": true, "to": []object{{"topic": "t", "to": "latest"}}}).([]any)
	if len(changes) != 1 || changes[0].(object)["to"] != int64(0) || asked.Load() <= notCoordinated {
		t.Errorf("%v after %d requests", changes, asked.Load())
	}
}

func TestAGroupIsLookedForOnceThereIsACoordinator(t *testing.T) {
	ctx, page, asked := withoutCoordinator(t)
	if _, err := page.Do(ctx, "group", object{"id": "g"}); failure(t, err).Code != "GROUP_ID_NOT_FOUND" || asked.Load() <= notCoordinated {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}

func TestAGroupIsDeletedOnceThereIsACoordinator(t *testing.T) {
	ctx, page, asked := withoutCoordinator(t)
	_, err := page.Do(ctx, "deleteGroup", object{"id": "g"})
	if e := failure(t, err); e.Code != "GROUP_ID_NOT_FOUND" || e.OutcomeUnknown || asked.Load() <= notCoordinated {
		t.Errorf("%+v after %d requests", e, asked.Load())
	}
}

func TestGroupsAreListedOnceTheBrokersCan(t *testing.T) {
	ctx, page, cluster, _ := withGroup(t)
	var asked atomic.Int32
	cluster.ControlKey(int16(kmsg.ListGroups), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if asked.Add(1) > 4 {
			return nil, nil, false
		}
		resp := r.ResponseKind().(*kmsg.ListGroupsResponse)
		resp.ErrorCode = kerr.CoordinatorNotAvailable.Code
		return resp, nil, true
	})
	call := page.Start(nil, "groups", object{}, nil, 8)
	if _, err := call.Result(ctx); err != nil {
		t.Fatal(err)
	}
	if listed := call.Item(ctx).([]any); len(listed) != 1 || listed[0].(object)["id"] != "g" {
		t.Errorf("%v", listed)
	}
}

func TestAGroupIsDeletedOnceItHasNoMembers(t *testing.T) {
	ctx, page, _, leave := withGroup(t)
	deleteGroup(ctx, t, page, "g", leave)
}

func deleteGroup(ctx context.Context, t *testing.T, page *porttest.Page, group string, leave func()) {
	if _, err := page.Do(ctx, "deleteGroup", object{"id": group}); failure(t, err).Code != "NON_EMPTY_GROUP" {
		t.Errorf("with a member: %v", err)
	}
	leave()
	do(ctx, t, page, "deleteGroup", object{"id": group})
	if _, err := page.Do(ctx, "deleteGroup", object{"id": group}); failure(t, err).Code != "GROUP_ID_NOT_FOUND" {
		t.Errorf("again: %v", err)
	}
}
