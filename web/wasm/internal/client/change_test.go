//go:build !js

package client

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

func TestTopicsAreCreatedGrowAndAreDeleted(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t))
	partitions := func() any {
		t.Helper()
		return do(ctx, t, page, "topic", object{"name": "new"}).(object)["partitions"]
	}
	creating := object{"name": "new", "partitions": 2, "replication": 1, "validateOnly": true}
	do(ctx, t, page, "createTopic", creating)
	if _, err := page.Do(ctx, "topic", object{"name": "new"}); failure(t, err).Code != "UNKNOWN_TOPIC_OR_PARTITION" {
		t.Errorf("validated only: %v", err)
	}
	creating["validateOnly"] = false
	do(ctx, t, page, "createTopic", creating)
	if got := partitions(); got != 2.0 {
		t.Errorf("%v partitions", got)
	}
	do(ctx, t, page, "createPartitions", object{"topic": "new", "total": 5})
	if got := partitions(); got != 5.0 {
		t.Errorf("%v partitions", got)
	}
	for _, test := range []struct {
		method  string
		options object
		code    string
	}{
		{"createTopic", creating, "TOPIC_ALREADY_EXISTS"},
		{"createPartitions", object{"topic": "new", "total": 1}, "INVALID_PARTITIONS"},
		{"deleteTopic", object{"name": "missing"}, "UNKNOWN_TOPIC_OR_PARTITION"},
	} {
		if _, err := page.Do(ctx, test.method, test.options); failure(t, err).Code != test.code || failure(t, err).OutcomeUnknown || failure(t, err).Topic == "" {
			t.Errorf("%s %v: %+v", test.method, test.options, err)
		}
	}
	do(ctx, t, page, "deleteTopic", object{"name": "new"})
	if _, err := page.Do(ctx, "topic", object{"name": "new"}); failure(t, err).Code != "UNKNOWN_TOPIC_OR_PARTITION" {
		t.Errorf("deleted: %v", err)
	}
}

func TestAReadOnlyClientChangesNothing(t *testing.T) {
	ctx, page, _ := connectTo(t, object{"bridge": bridgeTo(t, bridge.Config{Brokers: newCluster(t, kfake.SeedTopics(1, "t"))}), "readOnly": true})
	for _, method := range []string{"createTopic", "createPartitions", "deleteTopic", "deleteGroup", "resetOffsets"} {
		if _, err := page.Do(ctx, method, object{}); failure(t, err).Code != codeReadOnly {
			t.Errorf("%s: %v", method, err)
		}
	}
	preview := object{"group": "g", "preview": true, "to": []object{{"topic": "t", "to": "latest"}}}
	if got := do(ctx, t, page, "resetOffsets", preview).([]any); len(got) != 1 {
		t.Errorf("a preview: %v", got)
	}
}

func TestAnAnswerThatSaysNothingOfAChangeIsNoSuccess(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	for _, api := range []kmsg.Key{kmsg.CreateTopics, kmsg.CreatePartitions, kmsg.DeleteTopics, kmsg.DeleteGroups, kmsg.OffsetCommit} {
		cluster.ControlKey(int16(api), func(r kmsg.Request) (kmsg.Response, error, bool) {
			cluster.KeepControl()
			return r.ResponseKind(), nil, true
		})
	}
	ctx, page, _ := connectFake(t, cluster)
	for method, options := range map[string]object{
		"createTopic":      {"name": "new", "partitions": 1, "replication": 1},
		"createPartitions": {"topic": "t", "total": 2},
		"deleteTopic":      {"name": "t"},
		"deleteGroup":      {"id": "g"},
	} {
		if _, err := page.Do(ctx, method, options); err == nil || failure(t, err).Code != codeUnknown || !failure(t, err).OutcomeUnknown {
			t.Errorf("%s: %+v", method, err)
		}
	}
	changes := do(ctx, t, page, "resetOffsets", object{"group": "g", "to": []object{{"topic": "t", "to": "latest"}}}).([]any)
	if e, _ := changes[0].(object)["error"].(*port.Error); e == nil || !e.OutcomeUnknown {
		t.Errorf("resetOffsets: %+v", changes)
	}
}

func TestTheOutcomeOfAChangeWithoutAnswerIsUnknown(t *testing.T) {
	cluster := newFake(t)
	came := hold(cluster, kmsg.CreateTopics)
	ctx, page, _ := connectFake(t, cluster)
	call := page.Start(nil, "createTopic", object{"name": "new", "partitions": 1, "replication": 1}, nil, 0)
	await(ctx, t, came)
	call.Cancel()
	if _, err := call.Result(ctx); failure(t, err).Code != port.CodeAborted || !failure(t, err).OutcomeUnknown {
		t.Errorf("sent: %+v", err)
	}
	c := &client{}
	change, err := c.change("createTopic", int16(kmsg.CreateTopics))
	if err != nil {
		t.Fatal(err)
	}
	if e := failure(t, change.failed(ctx, errSlow, "new")); e.OutcomeUnknown || e.Topic != "new" {
		t.Errorf("not sent: %+v", e)
	}
}
