//go:build !js

package client

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

// encodeRecords is the page's half of decodeRecords.
func encodeRecords(records ...*kgo.Record) (b []byte) {
	sized := func(p []byte) {
		if p == nil {
			b = binary.BigEndian.AppendUint32(b, noBytes)
			return
		}
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	for _, r := range records {
		sized([]byte(r.Topic))
		b = binary.BigEndian.AppendUint32(b, uint32(r.Partition))
		ms := int64(-1)
		if !r.Timestamp.IsZero() {
			ms = r.Timestamp.UnixMilli()
		}
		b = binary.BigEndian.AppendUint64(b, uint64(ms))
		sized(r.Key)
		sized(r.Value)
		b = binary.BigEndian.AppendUint32(b, uint32(len(r.Headers)))
		for _, h := range r.Headers {
			sized([]byte(h.Key))
			sized(h.Value)
		}
	}
	return b
}

var _ = synctest.Test
var _ = bytes.Equal

// produceOptionsOf are those that the page sends by default, with some replaced.
func produceOptionsOf(more map[string]any) map[string]any {
	options := map[string]any{"acks": "all", "idempotent": true, "compression": "none", "maxMessageBytes": 1_000_012, "timeout": 20_000}
	for name, value := range more {
		options[name] = value
	}
	return options
}

// produceAll produces records, and returns their results.
func produceAll(ctx context.Context, t *testing.T, page *porttest.Page, options map[string]any, records ...*kgo.Record) []any {
	t.Helper()
	call := page.Start(nil, "produce", produceOptionsOf(options), encodeRecords(records...), 1)
	call.Item(ctx)
	results, err := call.Result(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return results.([]any)
}

func TestProduceStoresWhatItIsGiven(t *testing.T) {
	brokers := newCluster(t, kfake.SeedTopics(3, "t"))
	ctx, page, _ := connectTo(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{Brokers: brokers})})
	results := produceAll(ctx, t, page, nil, &kgo.Record{Topic: "t", Partition: 2, Value: []byte("v")}, &kgo.Record{Topic: "t", Partition: 7, Value: []byte("v")}, &kgo.Record{Topic: "missing", Partition: -1})
	t.Log(results[0], results[1], results[2], strings.ToUpper("x"))
}
