//go:build !js

package client

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A goldenRecord is one of records.json.
type goldenRecord struct {
	Topic     string            `json:"topic"`
	Partition *int32            `json:"partition"`
	Timestamp *int64            `json:"timestamp"`
	Key       *goldenBytes      `json:"key"`
	Value     *goldenBytes      `json:"value"`
	Headers   [][2]*goldenBytes `json:"headers"`
}

// goldenBytes are a text, or bytes in hexadecimal digits.
type goldenBytes []byte

func (g *goldenBytes) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*g = []byte(text)
		return nil
	}
	var digits struct{ Bytes string }
	if err := json.Unmarshal(b, &digits); err != nil {
		return err
	}
	bytes, err := hex.DecodeString(digits.Bytes)
	*g = bytes
	return err
}

// orNil is what g points to.
func (g *goldenBytes) orNil() []byte {
	if g == nil {
		return nil
	}
	return *g
}

func (g goldenRecord) record() *kgo.Record {
	r := &kgo.Record{Topic: g.Topic, Partition: anyPartition, Key: g.Key.orNil(), Value: g.Value.orNil()}
	if g.Partition != nil {
		r.Partition = *g.Partition
	}
	if g.Timestamp != nil {
		r.Timestamp = time.UnixMilli(*g.Timestamp)
	}
	for _, h := range g.Headers {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: string(*h[0]), Value: h[1].orNil()})
	}
	return r
}

// goldenRecords are the cases that both ends of the port agree on.
func goldenRecords(t testing.TB) (cases []struct {
	Name    string
	Records []goldenRecord
	Bytes   string
}) {
	t.Helper()
	text, err := os.ReadFile("../port/testdata/records.json")
	if err == nil {
		err = json.Unmarshal(text, &cases)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestRecordsAreThoseOfTheGoldenFile(t *testing.T) {
	for _, c := range goldenRecords(t) {
		b, err := hex.DecodeString(c.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		var want []*kgo.Record
		for _, g := range c.Records {
			want = append(want, g.record())
		}
		if got, err := decodeRecords(b); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v, want %v", c.Name, got, err, want)
		}
	}
}

func FuzzRecords(f *testing.F) {
	for _, c := range goldenRecords(f) {
		b, _ := hex.DecodeString(c.Bytes)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		records, err := decodeRecords(b)
		if err != nil || slices.ContainsFunc(records, func(r *kgo.Record) bool { return r.Timestamp.IsZero() }) {
			return // all negative timestamps mean none
		}
		if string(encodeRecords(records...)) != string(b) {
			t.Errorf("% x became other records", b)
		}
	})
}
