package records_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// read returns the offsets of the records, and the Reader at its end.
func read(t *testing.T, p kmsg.FetchResponseTopicPartition, from, to int64, committed bool) ([]int64, *records.Reader) {
	t.Helper()
	r := records.NewReader(&p, from, to, committed, bounded)
	var offsets []int64
	for {
		record, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if record == nil {
			break
		}
		offsets = append(offsets, record.Offset)
	}
	s := r.Skipped
	if span := int64(len(offsets)) + s.Control + s.Aborted + s.Gaps; from+span != r.Offset() {
		t.Errorf("%d records and %+v are not the offsets from %d to %d", len(offsets), s, from, r.Offset())
	}
	return offsets, r
}

func answer(bytes []byte, aborted ...kmsg.FetchResponseTopicPartitionAbortedTransaction) kmsg.FetchResponseTopicPartition {
	return kmsg.FetchResponseTopicPartition{RecordBatches: bytes, AbortedTransactions: aborted}
}

func abort(producer, first int64) kmsg.FetchResponseTopicPartitionAbortedTransaction {
	return kmsg.FetchResponseTopicPartitionAbortedTransaction{ProducerID: producer, FirstOffset: first}
}

func TestSkipped(t *testing.T) {
	const all = math.MaxInt64
	compacted := build(t, plan{first: 10, last: 9, records: []kmsg.Record{record(2, 0, "a"), record(5, 0, "b")}})
	transactions := build(t,
		plan{first: 0, attributes: transactional, producer: 1, records: values("a", "b")},
		plan{first: 2, attributes: transactional, producer: 2, records: values("a")},
		plan{first: 3, attributes: transactional | control, producer: 1, records: marker(false)},
		plan{first: 4, attributes: transactional, producer: 1, records: values("a")},
		plan{first: 5, attributes: transactional | control, producer: 2, records: marker(true)},
		plan{first: 6, attributes: transactional | control, producer: 1, records: marker(true)},
		plan{first: 7, producer: 1, records: values("a")},
	)
	for _, test := range []struct {
		name      string
		answer    kmsg.FetchResponseTopicPartition
		from, to  int64
		committed bool
		want      []int64
		next      int64
		skipped   records.Skipped
	}{
		{"nothing", answer(nil), 7, all, true, nil, 7, records.Skipped{}},
		{"compacted", answer(compacted), 8, all, true, []int64{12, 15}, 20, records.Skipped{Gaps: 10}},
		{"compacted, from within", answer(compacted), 13, all, true, []int64{15}, 20, records.Skipped{Gaps: 6}},
		{"compacted, up to a gap", answer(compacted), 10, 14, true, []int64{12}, 14, records.Skipped{Gaps: 3}},
		{"compacted, up to a record", answer(compacted), 10, 15, true, []int64{12}, 15, records.Skipped{Gaps: 4}},
		{"all of a batch compacted", answer(build(t, plan{first: 3, last: 6})), 3, all, true, nil, 10, records.Skipped{Gaps: 7}},
		{"cut", answer(compacted[:len(compacted)-1]), 10, all, true, nil, 10, records.Skipped{}},
		{"a batch before", answer(compacted), 20, all, true, nil, 20, records.Skipped{}},
		{"uncommitted", answer(transactions, abort(1, 0)), 0, all, false, []int64{0, 1, 2, 4, 7}, 8, records.Skipped{Control: 3}},
		{"committed", answer(transactions, abort(1, 0)), 0, all, true, []int64{2, 4, 7}, 8, records.Skipped{Control: 3, Aborted: 2}},
		{"two aborted, told in another order", answer(build(t,
			plan{first: 0, attributes: transactional, producer: 1, records: values("a")},
			plan{first: 1, attributes: transactional | control, producer: 1, records: marker(false)},
			plan{first: 2, attributes: transactional, producer: 1, records: values("a")},
			plan{first: 3, attributes: transactional | control, producer: 1, records: marker(true)},
			plan{first: 4, attributes: transactional, producer: 1, records: values("a", "b")},
			plan{first: 6, attributes: transactional | control, producer: 1, records: marker(false)},
			plan{first: 7, attributes: transactional, producer: 1, records: values("a")},
		), abort(1, 4), abort(1, 0)), 0, all, true, []int64{2, 7}, 8, records.Skipped{Control: 3, Aborted: 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, r := read(t, test.answer, test.from, test.to, test.committed)
			if !slices.Equal(got, test.want) || r.Offset() != test.next || r.Skipped != test.skipped {
				t.Errorf("offsets %v to %d, skipped %+v; want %v to %d, %+v", got, r.Offset(), r.Skipped, test.want, test.next, test.skipped)
			}
			if end, _, err := records.End(test.answer.RecordBatches, test.from); err != nil || min(end, test.to) != test.next {
				t.Errorf("the end is %d, %v, want %d", end, err, test.next)
			}
		})
	}
}

func TestTheEpochIsThatOfTheLastBatch(t *testing.T) {
	epoch := func(b []byte, epoch byte) []byte {
		b[15] = epoch // the checksum doesn't cover it
		return b
	}
	compacted := epoch(build(t, plan{first: 2, last: 6}), 2)
	bytes := slices.Concat(epoch(build(t, plan{records: values("0", "1")}), 1), compacted)
	if _, r := read(t, answer(bytes[:len(bytes)-len(compacted)]), 0, 100, true); r.Epoch() != 1 {
		t.Errorf("the epoch is %d, want 1", r.Epoch())
	}
	if _, r := read(t, answer(bytes), 0, 100, true); r.Epoch() != 2 || r.Offset() != 9 {
		t.Errorf("the epoch is %d up to %d, want 2 up to 9", r.Epoch(), r.Offset())
	}
	if _, r := read(t, answer(nil), 0, 100, true); r.Epoch() != -1 {
		t.Errorf("the epoch of nothing is %d", r.Epoch())
	}
}

func TestEveryCodec(t *testing.T) {
	for name, codec := range map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	} {
		t.Run(name, func(t *testing.T) {
			long := string(bytes.Repeat([]byte("text "), 1000))
			p := answer(build(t, plan{codec: codec, records: values(long, long, "")}))
			if name != "none" && len(p.RecordBatches) > len(long) {
				t.Fatalf("%d bytes aren't compressed", len(p.RecordBatches))
			}
			r := records.NewReader(&p, 0, math.MaxInt64, true, bounded)
			for _, want := range []string{long, long, ""} {
				if record, err := r.Next(); err != nil || string(record.Value) != want || string(record.Key) != "k" {
					t.Fatalf("%+v, %v", record, err)
				}
			}
		})
	}
}

func TestABatchThatDecompressesToTooMuchIsRefused(t *testing.T) {
	many := strings.Repeat("many bytes ", mostUnpacked/10)
	old := func(value []byte, codec int8) []byte {
		return sumOld((&kmsg.MessageV1{Offset: 5, Magic: 1, Attributes: codec, Value: value}).AppendTo(nil))
	}
	for name, codec := range map[string]kgo.CompressionCodec{
		"gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	} {
		compressor, err := kgo.DefaultCompressor(codec)
		if err != nil {
			t.Fatal(err)
		}
		packed, kind := compressor.Compress(new(bytes.Buffer), []byte(many))
		for format, b := range map[string][]byte{
			"new": build(t, plan{first: 5, codec: codec, records: values(many)}), "old": old(packed, int8(kind)),
		} {
			if format == "old" && name == "zstd" {
				continue // it came later
			}
			t.Run(name+" "+format, func(t *testing.T) {
				p := answer(b)
				record, err := records.NewReader(&p, 0, math.MaxInt64, true, bounded).Next()
				if refused, ok := errors.AsType[*records.TooLargeError](err); !ok || *refused != (records.TooLargeError{First: 5, Next: 6}) {
					t.Errorf("%v, %v", record != nil, err)
				}
			})
		}
	}
}

func TestTimestampsAreAsStored(t *testing.T) {
	for _, test := range []struct {
		plan plan
		want int64
		by   records.TimestampType
	}{
		{plan{time: 1700000000123}, 1700000000123, records.CreateTime},
		{plan{time: math.MaxInt64}, math.MaxInt64, records.CreateTime},
		{plan{time: math.MinInt64}, math.MinInt64, records.CreateTime},
		{plan{time: -1}, -1, records.CreateTime},
		{plan{time: 5, max: 1 << 62, attributes: appendTime}, 1 << 62, records.AppendTime},
	} {
		test.plan.records = values("v")
		p := answer(build(t, test.plan))
		record, err := records.NewReader(&p, 0, 1, true, bounded).Next()
		if err != nil || record.Timestamp != test.want || record.TimestampType != test.by || record.LeaderEpoch != 5 {
			t.Errorf("%+v, %v; want the timestamp %d", record, err, test.want)
		}
	}
	p := answer(build(t, plan{time: 1 << 61, records: []kmsg.Record{record(0, 0, ""), record(1, -7, "")}}))
	r := records.NewReader(&p, 0, 2, true, bounded)
	r.Next()
	if record, err := r.Next(); err != nil || record.Timestamp != 1<<61-7 {
		t.Errorf("%+v, %v", record, err)
	}
}

func TestHeadersAndNulls(t *testing.T) {
	header := func(name string, value []byte) kmsg.Header { return kmsg.Header{Key: name, Value: value} }
	p := answer(build(t, plan{records: []kmsg.Record{
		{Headers: []kmsg.Header{header("a", []byte("1")), header("a", nil), header("", []byte{})}},
		{OffsetDelta: 1, Key: []byte{}, Value: []byte{}},
	}}))
	r := records.NewReader(&p, 0, 2, true, bounded)
	first, err := r.Next()
	if err != nil || first.Key != nil || first.Value != nil || len(first.Headers) != 3 || first.Headers[1].Value != nil || first.Headers[2].Value == nil {
		t.Errorf("%+v, %v", first, err)
	}
	second, err := r.Next()
	if err != nil || second.Key == nil || second.Value == nil || len(second.Headers) != 0 {
		t.Errorf("%+v, %v", second, err)
	}
}

func TestBrokenBatches(t *testing.T) {
	good := func() []byte { return build(t, plan{first: 5, records: values("a", "b")}) }
	set := func(at int, bytes ...byte) []byte { b := good(); copy(b[at:], bytes); return b }
	for name, b := range map[string][]byte{
		"negative offset":             set(0, 0xff),
		"negative length":             set(8, 0xff),
		"short length":                set(8, 0, 0, 0, 1),
		"length without records":      set(8, 0, 0, 0, 20),
		"unknown format":              set(16, 3),
		"negative last offset":        set(23, 0xff),
		"offsets beyond 2^63":         set(0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
		"wrong checksum":              set(70, 0xff),
		"negative number":             sum(set(57, 0xff)),
		"more records than bytes":     sum(set(57, 0x7f)),
		"more records than there are": sum(set(57, 0, 0, 0, 3)),
		"offset after the last":       sum(set(23, 0, 0, 0, 0)),
		"unknown codec":               sum(set(22, 7)),
		"not compressed":              sum(set(22, 1)),
	} {
		t.Run(name, func(t *testing.T) {
			p := answer(b)
			r := records.NewReader(&p, 0, math.MaxInt64, true, bounded)
			var err error
			for n := 0; err == nil; n++ {
				var record *records.Record
				if record, err = r.Next(); record == nil && err == nil || n > 2 {
					t.Fatal("no error")
				}
			}
		})
	}
}

func TestOldFormats(t *testing.T) {
	v0 := kmsg.MessageV0{Offset: 3, Key: []byte("k"), Value: []byte("v0")}
	v1 := kmsg.MessageV1{Offset: 4, Magic: 1, Timestamp: 1700000000123, Value: []byte("v1")}
	v1Appended := kmsg.MessageV1{Offset: 7, Magic: 1, Attributes: appendTime, Timestamp: 5}
	var old []byte
	for _, b := range [][]byte{v0.AppendTo(nil), v1.AppendTo(nil), v1Appended.AppendTo(nil)} {
		old = append(old, sumOld(b)...)
	}
	p := answer(old)
	got, r := read(t, p, 3, math.MaxInt64, true)
	if !slices.Equal(got, []int64{3, 4, 7}) || r.Skipped.Gaps != 2 {
		t.Errorf("offsets %v, skipped %+v", got, r.Skipped)
	}
	r = records.NewReader(&p, 3, math.MaxInt64, true, bounded)
	for _, want := range []string{"3 -1 0 k v0", "4 1700000000123 1  v1", "7 5 2  "} {
		record, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%d %d %d %s %s", record.Offset, record.Timestamp, record.TimestampType, record.Key, record.Value); got != want {
			t.Errorf("the record is %q, want %q", got, want)
		}
	}
}
