package wire

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// fetchVersion is that of fetchWith.
const fetchVersion = 12

// fetchWith returns a response to Fetch with these records.
func fetchWith(records []byte) []byte {
	r := kmsg.NewPtrFetchResponse()
	r.Version = fetchVersion
	r.Topics = []kmsg.FetchResponseTopic{{Topic: "t", Partitions: []kmsg.FetchResponseTopicPartition{{RecordBatches: records}}}}
	return withSize(r.AppendTo([]byte{0, 0, 0, 0, 0, 0, 0, 1, 0}))
}

// fetched decodes a response to Fetch with these records, and returns the Field of the records.
func fetched(t *testing.T, records []byte) Field {
	t.Helper()
	frame := fetchWith(records)
	f := Decode(1, fetchVersion, false, frame)
	checkPartition(t, f, len(frame))
	return find(t, f, "RecordBatches")
}

// find returns the first Field with this name.
func find(t *testing.T, f Field, name string) Field {
	t.Helper()
	var found []Field
	var look func(Field)
	look = func(f Field) {
		if f.Name == name {
			found = append(found, f)
		}
		for _, part := range f.Fields {
			look(part)
		}
	}
	look(f)
	if len(found) == 0 {
		t.Fatalf("there is no %s:\n%s", name, text(f))
	}
	return found[0]
}

// said returns what the unparsed leaves say.
func said(f Field) (all []string) {
	for _, leaf := range leaves(f) {
		if leaf.Type == typeUnparsed {
			all = append(all, leaf.Name+": "+leaf.Value.(string))
		}
	}
	return all
}

func TestDecodeRecords(t *testing.T) {
	r := fetched(t, append(aBatch(0), aBatch(0)...))
	if s := said(r); len(s) > 0 {
		t.Error(s)
	}
	if len(r.Fields) != 3 {
		t.Fatal(text(r))
	}
	got := find(t, r.Fields[2], "Records").Fields[1]
	want := map[string]any{"TimestampDelta": int64(1000), "OffsetDelta": 1, "Key": "key 1", "Value": "value"}
	for name, value := range want {
		v := find(t, got, name).Value
		if b, ok := v.([]byte); ok {
			v = string(b)
		}
		if v != value {
			t.Errorf("%s: %v, want %v", name, v, value)
		}
	}
	headers := find(t, got, "Headers")
	if headers.Value != 2 || find(t, headers.Fields[2], "Value").Value != nil {
		t.Error(text(headers))
	}
}

func TestDecodeUnpacksCompressedRecords(t *testing.T) {
	want := find(t, fetched(t, aBatch(0)), "Records")
	for codec, name := range map[int16]string{1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"} {
		r := find(t, fetched(t, aBatch(codec)), "Records")
		if b, ok := r.Value.([]byte); r.Type != "records, "+name || len(r.Fields) != 0 || !ok || len(b) != r.End-r.Start {
			t.Error(text(r))
		}
		if len(r.Unpacked.Fields) != 2 || len(said(*r.Unpacked)) > 0 || r.Unpacked.Fields[1].End != want.End-want.Start {
			t.Error(text(*r.Unpacked))
		}
	}
	if r := find(t, fetched(t, aBatch(7)), "Records"); r.Type != "records, unknown codec" || said(*r.Unpacked)[0] != "Rest: the codec is unknown" {
		t.Error(text(r))
	}
}

func TestDecodeMessagesFromBeforeBatches(t *testing.T) {
	inside := packed(1, slices.Concat(aMessage(1, 0, "first"), aMessage(1, 1, "compressed once more")))
	r := fetched(t, slices.Concat(aMessage(0, 0, "old"), aMessage(1, 0, "newer"), aMessage(1, 1, string(inside)), aBatch(0)))
	if s := said(r); len(s) > 0 || len(r.Fields) != 5 {
		t.Fatal(text(r))
	}
	for i, want := range []string{`Value: bytes "old"`, `Value: bytes "newer"`} {
		if got := text(r.Fields[i+1]); !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	wrapper := find(t, r.Fields[3], "Value")
	if wrapper.Type != "bytes, gzip" || len(wrapper.Unpacked.Fields) != 2 {
		t.Fatal(text(wrapper))
	}
	for i, want := range []string{`Value: bytes "first"`, `Value: bytes, gzip "compressed once more"`} {
		if got := text(wrapper.Unpacked.Fields[i]); !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

// What follows a broken part is decoded, where the broken part has a length.
func TestDecodeGoesOnAfterBrokenRecords(t *testing.T) {
	unknown := aBatch(0)
	unknown[batchMagic] = 3
	shortRecord := aBatch(0)
	shortRecord[61] = 2 << 1 // the first record has 2 bytes
	negative := aBatch(0)
	binary.BigEndian.PutUint32(negative[batchLength:], 0xffffffff)
	tests := []struct {
		name    string
		records []byte
		want    string
		batches int
	}{
		{"the last batch is cut", append(aBatch(0), aBatch(0)[:70]...), "", 2},
		{"the last batch has no header", append(aBatch(0), aBatch(0)[:16]...), "a batch is cut short", 2},
		{"a format of the future", append(unknown, aBatch(0)...), "the batch's format 3 is unknown", 1},
		{"a record that is too short", append(shortRecord, aBatch(0)...), "", 2},
		{"a negative length", append(negative, aBatch(0)...), "the batch's length is -1", 1},
		{"an empty batch", append(make([]byte, 12), bytes.Repeat([]byte{0}, 12)...), "", 2},
	}
	for _, test := range tests {
		r := fetched(t, test.records)
		s := said(r)
		if len(s) == 0 || !strings.Contains(strings.Join(s, "\n"), test.want) || len(r.Fields) != 1+test.batches {
			t.Errorf("%s: %q\n%s", test.name, s, text(r))
		}
	}
}

func TestDecodeConsumers(t *testing.T) {
	tests := []struct {
		name   string
		bytes  []byte
		fields int // 0: a leaf
	}{
		{"a consumer", aMetadata(), 7},
		{"of version 0", []byte("\x00\x00\x00\x00\x00\x01\x00\x01t\xff\xff\xff\xff"), 4},
		{"not a consumer", []byte("connect"), 0},
		{"with more behind it", append(aMetadata(), 0), 0},
		{"cut short", aMetadata()[:9], 0},
		{"one byte", []byte{0}, 0},
		{"nothing", nil, 0},
	}
	for _, test := range tests {
		for _, version := range []int16{5, 9} {
			r := kmsg.NewPtrJoinGroupRequest()
			r.Version = version
			r.Protocols = []kmsg.JoinGroupRequestProtocol{{Name: "range", Metadata: test.bytes}, {Name: "other", Metadata: aMetadata()}}
			frame := kmsg.NewRequestFormatter().AppendRequest(nil, r, 1)
			f := Decode(r.Key(), version, true, frame)
			checkPartition(t, f, len(frame))
			if m := find(t, f, "Metadata"); len(m.Fields) != test.fields || len(said(f)) > 0 {
				t.Errorf("%s: %q\n%s", test.name, said(f), text(m))
			}
		}
	}
}
