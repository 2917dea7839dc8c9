package batch_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math"
	"os"
	"reflect"
	"strconv"
	"testing"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch"
	"github.com/kafkaio/kafkaio/web/wasm/internal/batch/batchtest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

var update = flag.Bool("update", false, "write testdata/batches.json")

// goldenFile has batches as they are on the wire, and as both ends describe them. The tests of web/src read
// it too.
const goldenFile = "testdata/batches.json"

type golden struct {
	Name  string `json:"name"`
	Bytes string `json:"bytes"` // hexadecimal, as all bytes here
	Batch any    `json:"batch"`
}

var goldenBatches = []struct {
	name, topic string
	valueLimit  int
	header      batch.Header
	records     []records.Record
}{
	{"empty", "t", 10, batch.Header{}, nil},
	{
		"skipped", "größe.🎉", 10,
		batch.Header{
			Partition: math.MaxInt32, Seek: math.MaxUint32, Next: 1<<53 + 1, HighWatermark: math.MaxInt64, Filtered: 1,
			Skipped: records.Skipped{Control: 2, Aborted: 3, Gaps: 1 << 60},
		}, nil,
	},
	{
		"records", "t", math.MaxInt,
		batch.Header{Partition: 3, Next: 9007199254740995, HighWatermark: 9007199254740996},
		[]records.Record{
			{Offset: 1<<53 + 1, Timestamp: 1700000000123, TimestampType: records.CreateTime, LeaderEpoch: 7, Key: []byte("key"), Value: []byte(`{"a":1}`)},
			{Offset: 1<<53 + 2, Timestamp: -1, LeaderEpoch: -1},
			{Offset: 1<<53 + 3, Timestamp: math.MaxInt64, TimestampType: records.AppendTime, Key: []byte{}, Value: []byte{0, 0xff, 0x80}},
		},
	},
	{
		"headers", "t", math.MaxInt, batch.Header{},
		[]records.Record{{Timestamp: math.MinInt64, Headers: []records.Header{
			{Name: []byte("a"), Value: []byte("1")}, {Name: []byte("a"), Value: nil}, {Name: []byte{}, Value: []byte{}}, {Name: []byte("größe"), Value: []byte{0xff}},
		}}},
	},
	{
		"cut values", "t", 3, batch.Header{},
		[]records.Record{{Value: []byte("123")}, {Value: []byte("1234")}, {}},
	},
}

func encoded(i int) []byte {
	g := goldenBatches[i]
	w := batch.NewWriter(g.valueLimit)
	w.Begin("before")
	w.Add(&records.Record{Value: []byte("before")})
	w.Finish(batch.Header{Next: -1})
	w.Begin(g.topic)
	for _, r := range g.records {
		w.Add(&r)
	}
	return w.Finish(g.header)
}

// describe returns a batch as JSON can hold it.
func describe(b batchtest.Batch) any {
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	all := []any{}
	for _, r := range b.Records {
		headers := []any{}
		for _, h := range r.Headers {
			headers = append(headers, []any{string(h.Name), hexadecimal(h.Value)})
		}
		all = append(all, map[string]any{
			"offset": number(r.Offset), "timestamp": r.Timestamp, "timestampType": []string{"none", "create", "append"}[r.TimestampType],
			"leaderEpoch": r.LeaderEpoch, "key": hexadecimal(r.Key), "value": hexadecimal(r.Value), "valueLength": r.ValueLength, "headers": headers,
		})
	}
	return map[string]any{
		"topic": b.Topic, "partition": b.Partition, "seek": b.Seek, "next": number(b.Next), "highWatermark": number(b.HighWatermark),
		"skipped": map[string]any{
			"filtered": b.Filtered, "control": b.Skipped.Control, "aborted": b.Skipped.Aborted, "gaps": number(b.Skipped.Gaps),
		},
		"records": all,
	}
}

func hexadecimal(b []byte) any {
	if b == nil {
		return nil
	}
	return hex.EncodeToString(b)
}

func TestGoldenBatches(t *testing.T) {
	var all []golden
	for i, g := range goldenBatches {
		bytes := encoded(i)
		decoded, err := batchtest.Decode(bytes)
		if err != nil {
			t.Errorf("%s: %v", g.name, err)
		}
		all = append(all, golden{g.name, hex.EncodeToString(bytes), describe(decoded)})
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(goldenFile, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(text, '\n'), want) {
		t.Errorf("the batches aren't those of %s; with -update it is written", goldenFile)
	}
}

func TestDecodedIsWhatWasEncoded(t *testing.T) {
	for i, g := range goldenBatches {
		got, err := batchtest.Decode(encoded(i))
		if err != nil || got.Topic != g.topic || got.Header != g.header || len(got.Records) != len(g.records) {
			t.Fatalf("%s: %+v, %v", g.name, got, err)
		}
		for j, want := range g.records {
			r := got.Records[j]
			cut := want.Value
			if len(cut) > g.valueLimit {
				cut = cut[:g.valueLimit]
			}
			if r.Offset != want.Offset || r.Timestamp != float64(want.Timestamp) || r.TimestampType != want.TimestampType ||
				r.LeaderEpoch != want.LeaderEpoch || !reflect.DeepEqual(r.Key, want.Key) || !reflect.DeepEqual(r.Value, cut) ||
				!reflect.DeepEqual(r.Headers, want.Headers) {
				t.Errorf("%s: record %d is %+v, want %+v", g.name, j, r, want)
			}
		}
	}
}
