//go:build !js

package client

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

type object = map[string]any

// do makes a call that doesn't fail.
func do(ctx context.Context, t *testing.T, page *porttest.Page, method string, options any) any {
	t.Helper()
	got, err := page.Do(ctx, method, options)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return got
}

// store stores records of the topic t.
func store(ctx context.Context, t *testing.T, page *porttest.Page, records ...*kgo.Record) {
	t.Helper()
	for _, result := range resultsOf(ctx, t, startProduce(page, nil, records...)) {
		offsetOf(t, result)
	}
}

func TestTheClusterTellsOfItsBrokers(t *testing.T) {
	cluster := newFake(t, kfake.NumBrokers(3))
	ctx, page, _ := connectFake(t, cluster)
	got := do(ctx, t, page, "cluster", nil).(object)
	brokers := got["brokers"].([]any)
	if got["clusterId"] != "fake" || got["controller"].(float64) < 0 || len(brokers) != 3 || got["version"] == "" {
		t.Errorf("%v", got)
	}
	for i, addr := range cluster.ListenAddrs() {
		b := brokers[i].(object)
		if got := fmt.Sprintf("%v:%v", b["host"], b["port"]); b["id"] != float64(i) || got != addr || b["reachable"] != true || b["error"] != nil {
			t.Errorf("broker %d is %v", i, b)
		}
	}
	if allowed := got["allowed"].([]any); !slices.Contains(allowed, any("CreateTopics")) || !slices.Contains(allowed, any("DescribeAcls")) {
		t.Errorf("allowed: %v", allowed)
	}
}

func TestABrokerThatDoesNotAnswerIsTold(t *testing.T) {
	for silent := range 2 { // either may be the one that the client would ask for the brokers
		t.Run(fmt.Sprint(silent), func(t *testing.T) {
			t.Parallel()
			cluster := newFake(t)
			ctx, page, _ := connectFake(t, cluster)
			cluster.ControlKey(-1, func(kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				return nil, nil, cluster.CurrentNode() == int32(silent)
			})
			for i, broker := range do(ctx, t, page, "cluster", nil).(object)["brokers"].([]any) {
				b := broker.(object)
				if i != silent && b["reachable"] != true {
					t.Errorf("broker %d, which answers: %v", i, b)
				}
				if i == silent && (b["reachable"] != false || b["error"].(*port.Error).Code != codeTimeout) {
					t.Errorf("broker %d, which doesn't: %v", i, b)
				}
			}
		})
	}
}

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

func TestOffsetsAreFoundAtAPosition(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(2, "t")))
	at := func(ms int64) *kgo.Record { r := to("v"); r.Timestamp = time.UnixMilli(ms); return r }
	store(ctx, t, page, at(1000), at(2000), at(3000))
	for _, test := range []struct {
		at        any
		offset    int64
		timestamp float64
		code      string
	}{
		{"earliest", 0, -1, ""},
		{"latest", 3, -1, ""},
		{object{"timestamp": 1500}, 1, 2000, ""},
		{object{"timestamp": 9000}, 3, -1, ""},
		{object{"offset": "2"}, 2, -1, ""},
		{object{"offset": "4"}, 0, 0, "OFFSET_OUT_OF_RANGE"},
	} {
		results := do(ctx, t, page, "offsets", object{"topic": "t", "partitions": []int{0}, "at": test.at}).([]any)
		r := results[0].(object)
		if test.code != "" {
			if e, _ := r["error"].(*port.Error); len(results) != 1 || e == nil || e.Code != test.code || r["offset"] != nil {
				t.Errorf("%v: %v", test.at, r)
			}
			continue
		}
		if len(results) != 1 || r["offset"] != test.offset || r["timestamp"] != test.timestamp {
			t.Errorf("%v: %v, want %d, %v", test.at, r, test.offset, test.timestamp)
		}
	}
	if got := do(ctx, t, page, "offsets", object{"topic": "t", "at": "latest"}).([]any); len(got) != 2 {
		t.Errorf("all partitions: %v", got)
	}
	if _, err := page.Do(ctx, "offsets", object{"topic": "t", "partitions": []int{9}, "at": "latest"}); failure(t, err).Code != "UNKNOWN_TOPIC_OR_PARTITION" || *failure(t, err).Partition != 9 {
		t.Errorf("a partition that isn't there: %v", err)
	}
}

func TestConfigsHaveTheirSource(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t))
	do(ctx, t, page, "createTopic", object{"name": "t", "partitions": 1, "replication": 1, "configs": object{"retention.ms": "5000"}})
	byName := make(map[string]object)
	for _, config := range do(ctx, t, page, "configs", object{"topic": "t"}).([]any) {
		byName[config.(object)["name"].(string)] = config.(object)
	}
	if k := byName["retention.ms"]; k["value"] != "5000" || k["source"] != "topic" {
		t.Errorf("%v", k)
	}
	if k := byName["cleanup.policy"]; k["source"] != "default" || k["default"] != k["value"] {
		t.Errorf("%v", k)
	}
	if got := do(ctx, t, page, "configs", object{"broker": 1}).([]any); len(got) == 0 {
		t.Error("a broker has none")
	}
	if _, err := page.Do(ctx, "configs", object{"topic": "missing"}); failure(t, err).Topic != "missing" {
		t.Errorf("a topic that isn't there: %v", err)
	}
}

func TestLogDirsAreThoseOfAllBrokers(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(4, "t")))
	store(ctx, t, page, to("v"))
	call := page.Start(nil, "logDirs", nil, nil, 8)
	seen := 0
	for broker := range 2 {
		for _, dir := range call.Item(ctx).([]any) {
			d := dir.(object)
			if d["broker"] != float64(broker) || d["dir"] == "" || d["error"] != nil {
				t.Errorf("%v", d)
			}
			seen += len(d["replicas"].([]any))
		}
	}
	if _, err := call.Result(ctx); err != nil || seen < 4 {
		t.Errorf("%d replicas, %v", seen, err)
	}
}

func TestAllowedIsWhatNothingForbids(t *testing.T) {
	answer := kmsg.NewPtrApiVersionsResponse()
	for _, key := range []kmsg.Key{kmsg.Produce, kmsg.Fetch, kmsg.CreateACLs, kmsg.DescribeLogDirs} {
		answer.ApiKeys = append(answer.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: int16(key)})
	}
	for _, test := range []struct {
		limits limits
		want   string
	}{
		{limits{operations: unknown}, "CreateAcls DescribeLogDirs Fetch Produce"},
		{limits{operations: describeCluster}, "DescribeLogDirs Fetch Produce"},
		{limits{operations: unknown, bridge: []string{"Fetch", "Metadata"}}, "Fetch"},
		{limits{operations: unknown, readOnly: true}, "DescribeLogDirs Fetch"},
	} {
		if got := strings.Join(test.limits.allow(answer), " "); got != test.want {
			t.Errorf("%+v: %s, want %s", test.limits, got, test.want)
		}
	}
}

func TestTheBridgesListIsAskedWithTheToken(t *testing.T) {
	brokers := newCluster(t)
	ctx, page := start(t, func(_ context.Context, _ uint32, callback string, argument any) (any, error) {
		if callback == "token" {
			return "secret", nil
		}
		if a := argument.(object); callback != "bridge.apis" || a["token"] != "secret" || !strings.HasPrefix(a["bridge"].(string), "ws") {
			t.Errorf("%s of %v", callback, argument)
		}
		return []string{"Metadata", "Fetch"}, nil
	})
	page.Start(nil, "connect", object{"bridge": bridgeTo(t, bridge.Config{Brokers: brokers}), "token": true}, nil, 1).Item(ctx)
	got := do(ctx, t, page, "cluster", nil).(object)["allowed"].([]any)
	if fmt.Sprint(got) != "[Fetch Metadata]" {
		t.Errorf("allowed: %v", got)
	}
}

func TestListingTopicsTakesTwoRequests(t *testing.T) {
	names := make([]string, 100)
	for i := range names {
		names[i] = fmt.Sprintf("topic-%d", i)
	}
	cluster := newFake(t, kfake.SeedTopics(100, names...))
	ctx, page, _ := connectFake(t, cluster)
	do(ctx, t, page, "topics", nil) // opens connections, and finds out who the controller is
	requests := make(chan string, 64)
	cluster.ControlKey(-1, func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if name := kmsg.NameForKey(req.Key()); name != "ApiVersions" { // which opens a connection
			requests <- name
		}
		return nil, nil, false
	})
	topics := do(ctx, t, page, "topics", nil).([]any)
	if got := drain(requests); len(topics) != len(names) || len(got) > 2 {
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
