//go:build !js

package client

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

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

func TestConfigsHaveTheirSource(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t))
	do(ctx, t, page, "createTopic", object{"name": "t", "partitions": 1, "replication": 1, "configs": object{"retention.ms": "5000"}})
	byName := configsOf(ctx, t, page, object{"topic": "t"})
	if k := byName["retention.ms"]; k["value"] != "5000" || k["source"] != "topic" {
		t.Errorf("%v", k)
	}
	if k := byName["cleanup.policy"]; k["source"] != "default" || k["default"] != k["value"] {
		t.Errorf("%v", k)
	}
	if got := configsOf(ctx, t, page, object{"broker": 1}); len(got) == 0 {
		t.Error("a broker has none")
	}
	if _, err := page.Do(ctx, "configs", object{"topic": "missing"}); failure(t, err).Topic != "missing" {
		t.Errorf("a topic that isn't there: %v", err)
	}
}

func TestADefaultIsInTheUnitOfItsConfig(t *testing.T) {
	for _, test := range []struct{ name, synonym, value, want string }{
		{"retention.ms", "log.retention.hours", "168", "604800000"},
		{"retention.ms", "log.retention.minutes", "-1", "-1"},
		{"retention.ms", "log.retention.minutes", "2", "120000"},
		{"retention.ms", "log.retention.ms", "5", "5"},
		{"retention.ms", "log.retention.hours", "many", "<nil>"},
		{"log.retention.hours", "log.retention.hours", "168", "168"},
	} {
		synonym := kmsg.DescribeConfigsResponseResourceConfigConfigSynonym{Name: test.synonym, Value: &test.value, Source: kmsg.ConfigSourceDefaultConfig}
		rc := kmsg.DescribeConfigsResponseResourceConfig{Name: test.name, Source: kmsg.ConfigSourceDynamicTopicConfig}
		rc.ConfigSynonyms = append(rc.ConfigSynonyms, synonym)
		got := "<nil>"
		if d := configOf(rc).Default; d != nil {
			got = *d
		}
		if got != test.want {
			t.Errorf("%s has the default %s, want %s", test.name, got, test.want)
		}
	}
}

// configsOf are the configs of a topic or a broker, by name.
func configsOf(ctx context.Context, t *testing.T, page *porttest.Page, of object) map[string]object {
	t.Helper()
	byName := make(map[string]object)
	for _, config := range do(ctx, t, page, "configs", of).([]any) {
		byName[config.(object)["name"].(string)] = config.(object)
	}
	return byName
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
