//go:build !js

package client

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

func TestOffsetsAreFoundAtAPosition(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(2, "t")))
	findOffsets(ctx, t, page)
}

// findOffsets needs a topic t, which has two partitions and no records.
func findOffsets(ctx context.Context, t *testing.T, page *porttest.Page) {
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
		{object{"last": 2}, 1, -1, ""},
		{object{"last": 9}, 0, -1, ""},
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
