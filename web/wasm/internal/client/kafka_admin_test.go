//go:build !js

package client

import (
	"context"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

func TestAdminOnApacheKafka(t *testing.T) {
	brokers := kafkatest.Start(t, kafkatest.Options{Brokers: 1, Properties: map[string]string{
		"log.retention.ms": "-1", // records of long ago are written
	}}).Bootstrap()
	connect := func(t *testing.T) (context.Context, *porttest.Page) {
		return connectKafka(t, object{"bridge": bridgeTo(t, bridge.Config{Brokers: brokers})})
	}
	ctx, page := connect(t)
	do(ctx, t, page, "createTopic", object{"name": "t", "partitions": 2, "replication": -1})
	t.Run("offsets at a position", func(t *testing.T) { // with three records after it
		ctx, page := connect(t)
		findOffsets(ctx, t, page)
	})
	t.Run("offsets of a group are reset", func(t *testing.T) {
		ctx, page := connect(t)
		resetOffsets(ctx, t, page, "g", join(ctx, t, brokers, "g"))
	})
	t.Run("a group is deleted", func(t *testing.T) {
		ctx, page := connect(t)
		deleteGroup(ctx, t, page, "h", join(ctx, t, brokers, "h"))
	})
	t.Run("configs", func(t *testing.T) {
		ctx, page := connect(t)
		wantConfigs(ctx, t, page)
	})
	t.Run("a topic that is only validated", func(t *testing.T) {
		ctx, page := connect(t)
		wantValidation(ctx, t, page)
	})
	t.Run("log directories", func(t *testing.T) {
		ctx, page := connect(t)
		wantLogDirs(ctx, t, page)
	})
}

func wantConfigs(ctx context.Context, t *testing.T, page *porttest.Page) {
	do(ctx, t, page, "createTopic", object{"name": "configured", "partitions": -1, "replication": -1, "configs": object{"retention.ms": "5000"}})
	of := configsOf(ctx, t, page, object{"topic": "configured"})
	for name, want := range map[string]object{
		"retention.ms":   {"value": "5000", "default": "604800000", "source": "topic", "readOnly": false, "sensitive": false},
		"cleanup.policy": {"value": "delete", "default": "delete", "source": "default", "readOnly": false, "sensitive": false},
	} {
		for field, value := range want {
			if got := of[name][field]; got != value {
				t.Errorf("the %s of %s is %v, want %v", field, name, got, value)
			}
		}
		if text, _ := of[name]["documentation"].(string); text == "" {
			t.Errorf("%s has no documentation", name)
		}
	}
	if k := configsOf(ctx, t, page, object{"broker": 0})["node.id"]; k["value"] != "0" || k["source"] != "static" || k["readOnly"] != true {
		t.Errorf("node.id of the broker is %v", k)
	}
	_, err := page.Do(ctx, "configs", object{"topic": "missing"})
	if e := failure(t, err); e.Code != "UNKNOWN_TOPIC_OR_PARTITION" || e.Topic != "missing" {
		t.Errorf("a topic that isn't there: %v", e)
	}
}

func wantValidation(ctx context.Context, t *testing.T, page *porttest.Page) {
	topic := func(name string, configs object) object {
		return object{"name": name, "partitions": 3, "replication": 1, "configs": configs, "validateOnly": true}
	}
	do(ctx, t, page, "createTopic", topic("valid", object{"cleanup.policy": "compact"}))
	_, err := page.Do(ctx, "topic", object{"name": "valid"})
	if e := failure(t, err); e.Code != "UNKNOWN_TOPIC_OR_PARTITION" {
		t.Errorf("a topic that was only validated: %v", e)
	}
	for want, options := range map[string]object{
		"INVALID_CONFIG":          topic("invalid", object{"cleanup.policy": "forget"}),
		"INVALID_TOPIC_EXCEPTION": topic("no/name", nil),
		"TOPIC_ALREADY_EXISTS":    topic("t", nil),
	} {
		_, err := page.Do(ctx, "createTopic", options)
		if e := failure(t, err); e.Code != want || e.Topic != options["name"] || e.OutcomeUnknown {
			t.Errorf("%v: %+v, want %s", options, e, want)
		}
	}
}

func wantLogDirs(ctx context.Context, t *testing.T, page *porttest.Page) {
	call := page.Start(nil, "logDirs", nil, nil, 8)
	bytes := make(map[float64]int64) // of the topic t, by partition
	for _, dir := range call.Item(ctx).([]any) {
		d := dir.(object)
		if d["broker"] != 0.0 || d["dir"] == "" || d["error"] != nil {
			t.Errorf("%v", d)
		}
		for _, replica := range d["replicas"].([]any) {
			if r := replica.(object); r["topic"] == "t" {
				bytes[r["partition"].(float64)], _ = r["bytes"].(int64)
			}
		}
	}
	if len(bytes) != 2 || bytes[0] <= 0 || bytes[1] != 0 {
		t.Errorf("the partitions of t have these bytes: %v", bytes)
	}
	if _, err := call.Result(ctx); err != nil {
		t.Error(err)
	}
}
