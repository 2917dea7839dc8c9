//go:build !js

package client

import (
	"context"
	"encoding/binary"
	"reflect"
	"sync/atomic"
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

// startProduce hands records over, with the options that the page has by default but for some.
func startProduce(page *porttest.Page, more map[string]any, records ...*kgo.Record) *porttest.Call {
	options := map[string]any{"acks": "all", "idempotent": true, "compression": "none", "maxMessageBytes": 1_000_012, "timeout": 20_000}
	for name, value := range more {
		options[name] = value
	}
	return page.Start(nil, "produce", options, encodeRecords(records...), 1)
}

// resultsOf waits for the results of a call of produce.
func resultsOf(ctx context.Context, t *testing.T, call *porttest.Call) []any {
	t.Helper()
	results, err := call.Result(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return results.([]any)
}

// offsetOf is the offset of a record that is stored, or fails the test.
func offsetOf(t *testing.T, result any) int64 {
	t.Helper()
	r, ok := result.(map[string]any)
	if !ok {
		t.Fatalf("the result is %v", result)
	}
	return r["offset"].(int64)
}

// to is a record for partition 0 of the topic t.
func to(value string) *kgo.Record { return &kgo.Record{Topic: "t", Value: []byte(value)} }

// read returns the first n records of the topic t.
func read(ctx context.Context, t *testing.T, brokers []string, n int) []*kgo.Record {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumeTopics("t"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var records []*kgo.Record
	for len(records) < n {
		fetches := c.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}

func TestProduceStoresWhatItGets(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_123)
	want := []*kgo.Record{
		{Topic: "t", Timestamp: at, Key: []byte{0, 255}, Value: []byte("v"), Headers: []kgo.RecordHeader{{Key: "a", Value: []byte{1}}, {Key: "a"}}},
		{Topic: "t", Timestamp: at, Key: []byte("k")},
		{Topic: "t", Timestamp: at, Key: []byte{}, Value: []byte{}},
	}
	for _, way := range []map[string]any{
		nil,
		{"compression": "gzip"}, {"compression": "snappy"}, {"compression": "lz4"}, {"compression": "zstd"},
		{"idempotent": false},
		{"idempotent": false, "acks": "leader"},
	} {
		cluster := newFake(t, kfake.SeedTopics(1, "t"))
		ctx, page, _ := connectFake(t, cluster)
		call := startProduce(page, way, want...)
		call.Item(ctx)
		for i, result := range resultsOf(ctx, t, call) {
			r := result.(map[string]any)
			if r["partition"] != 0.0 || r["offset"] != int64(i) || r["timestamp"] != float64(at.UnixMilli()) {
				t.Errorf("%v: record %d is stored as %v", way, i, r)
			}
		}
		for i, r := range read(ctx, t, cluster.ListenAddrs(), len(want)) {
			if w := want[i]; !reflect.DeepEqual(r.Key, w.Key) || !reflect.DeepEqual(r.Value, w.Value) || !reflect.DeepEqual(r.Headers, w.Headers) || !r.Timestamp.Equal(at) {
				t.Errorf("%v: record %d is %+v", way, i, r)
			}
		}
	}
}

func TestWithoutAcksNobodyTellsTheOffset(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	ctx, page, _ := connectFake(t, cluster)
	results := resultsOf(ctx, t, startProduce(page, map[string]any{"acks": "none", "idempotent": false}, to("v")))
	if offset := offsetOf(t, results[0]); offset != -1 {
		t.Errorf("the offset is %d", offset)
	}
	read(ctx, t, cluster.ListenAddrs(), 1)
}

func TestEachRecordHasAResult(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(2, "t")))
	results := resultsOf(ctx, t, startProduce(page, nil,
		to("stored"),
		&kgo.Record{Topic: "missing", Partition: anyPartition},
		&kgo.Record{Topic: "t", Partition: 2},
		&kgo.Record{Topic: "t", Value: make([]byte, 1_000_012)},
		to("stored too"),
	))
	for i, want := range []string{"", "UNKNOWN_TOPIC_OR_PARTITION", codeMismatchArgument, codeLimit, ""} {
		if want == "" {
			offsetOf(t, results[i])
			continue
		}
		e, ok := results[i].(*port.Error)
		if !ok || e.Code != want || e.OutcomeUnknown || e.Topic == "" && want != codeLimit {
			t.Errorf("record %d: %+v, want %s", i, results[i], want)
		}
	}
}

func TestALimitCanBeRaised(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(1, "t"), kfake.BrokerConfigs(map[string]string{"message.max.bytes": "64000000"})))
	results := resultsOf(ctx, t, startProduce(page, map[string]any{"maxMessageBytes": 3_000_000}, &kgo.Record{Topic: "t", Value: make([]byte, 2_000_000)}))
	offsetOf(t, results[0])
}

func TestAReadOnlyClientProducesNothing(t *testing.T) {
	ctx, page, _ := connectTo(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{Brokers: newCluster(t)}), "readOnly": true})
	if _, err := startProduce(page, nil, to("v")).Result(ctx); failure(t, err).Code != codeReadOnly {
		t.Error(err)
	}
}

func TestProducersThatNobodyUsesAreClosed(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(1, "t")))
	for i := range int64(2 * maxIdleProducers) {
		results := resultsOf(ctx, t, startProduce(page, map[string]any{"maxMessageBytes": 1024 + i}, to("v")))
		if offset := offsetOf(t, results[0]); offset != i {
			t.Errorf("offset %d, want %d", offset, i)
		}
	}
}

func TestThePartitionOfAKeyIsJavas(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(10, "t")))
	// The hashes are those of Java's own tests of murmur2, without their highest bit.
	for key, want := range map[string]float64{"21": 1173551340 % 10, "foobar": 1357151166 % 10, "a-little-bit-long-string": 1161502112 % 10, "abc": 479470107 % 10, "": 275646681 % 10} {
		got, err := page.Start(nil, "partitionFor", map[string]any{"topic": "t"}, []byte(key), 0).Result(ctx)
		if got != want || err != nil {
			t.Errorf("%q: %v, %v; want %v", key, got, err, want)
		}
	}
	if _, err := page.Do(ctx, "partitionFor", map[string]any{"topic": "missing"}); failure(t, err).Topic != "missing" || failure(t, err).KafkaCode != 3 {
		t.Errorf("a topic that isn't there: %v", err)
	}
}

// TestATopicThatWasMadeElsewhereIsWaitedFor holds for one that the brokers learn of later than whoever made it.
func TestATopicThatWasMadeElsewhereIsWaitedFor(t *testing.T) {
	const late = 5
	for _, test := range []struct {
		name string
		api  kmsg.Key
		deny func(kmsg.Request) kmsg.Response
	}{
		{"by all", kmsg.Metadata, func(r kmsg.Request) kmsg.Response {
			req, resp := r.(*kmsg.MetadataRequest), r.ResponseKind().(*kmsg.MetadataResponse)
			for _, asked := range req.Topics {
				t := kmsg.NewMetadataResponseTopic()
				t.Topic, t.ErrorCode = asked.Topic, kerr.UnknownTopicOrPartition.Code
				resp.Topics = append(resp.Topics, t)
			}
			return resp
		}},
		{"by the leader", kmsg.Produce, func(r kmsg.Request) kmsg.Response {
			resp := r.ResponseKind().(*kmsg.ProduceResponse)
			t := kmsg.NewProduceResponseTopic()
			t.Topic = "t"
			p := kmsg.NewProduceResponseTopicPartition()
			p.ErrorCode = kerr.UnknownTopicOrPartition.Code
			t.Partitions = append(t.Partitions, p)
			resp.Topics = append(resp.Topics, t)
			return resp
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cluster := newFake(t, kfake.SeedTopics(1, "t"))
			ctx, page, _ := connectFake(t, cluster)
			var asked atomic.Int32
			cluster.ControlKey(int16(test.api), func(r kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				if m, ok := r.(*kmsg.MetadataRequest); ok && len(m.Topics) == 0 || asked.Add(1) > late {
					return nil, nil, false
				}
				return test.deny(r), nil, true
			})
			offsetOf(t, resultsOf(ctx, t, startProduce(page, nil, to("v")))[0])
			if n := asked.Load(); n <= late {
				t.Errorf("%d requests", n)
			}
		})
	}
}
