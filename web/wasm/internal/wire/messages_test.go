package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// A sample is a frame, and what is in it.
type sample struct {
	key, version int16
	request      bool
	filled       bool
	message      reflect.Value // of a struct of kmsg
	frame        []byte
}

func (s sample) name() string {
	return fmt.Sprintf("%s v%d filled=%v", nameOf(s.key, s.request), s.version, s.filled)
}

func (s sample) decode() Field { return Decode(s.key, s.version, s.request, s.frame) }

// samples returns each request and response in each version, with zeros and with other values.
func samples() (all []sample) {
	for key := range int16(kmsg.MaxKey + 1) {
		for version := range kmsg.RequestForKey(key).MaxVersion() + 1 {
			for _, filled := range []bool{false, true} {
				all = append(all, requestSample(key, version, filled), responseSample(key, version, filled))
			}
		}
	}
	return all
}

func requestSample(key, version int16, filled bool) sample {
	r := kmsg.RequestForKey(key)
	message := reflect.ValueOf(r).Elem()
	if filled {
		fill(message, new(int64))
	}
	r.SetVersion(version)
	frame := kmsg.NewRequestFormatter(kmsg.FormatterClientID("a client")).AppendRequest(nil, r, 77)
	if key == apiControlledShutdown && version == 0 {
		frame = r.AppendTo(frame) // which the formatter forgets
	}
	return sample{key, version, true, filled, message, withSize(frame)}
}

func responseSample(key, version int16, filled bool) sample {
	r := kmsg.ResponseForKey(key)
	message := reflect.ValueOf(r).Elem()
	if filled {
		fill(message, new(int64))
	}
	r.SetVersion(version)
	frame := binary.BigEndian.AppendUint32(make([]byte, 4), 77)
	if r.IsFlexible() && key != apiVersions {
		frame = append(frame, 0)
	}
	return sample{key, version, false, filled, message, withSize(r.AppendTo(frame))}
}

// withSize sets the frame's length in its first 4 bytes.
func withSize(frame []byte) []byte {
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	return frame
}

// secret is what fill writes where a credential belongs.
const secret = "hunter2"

// fill sets all fields, to numbers that differ, two elements, a tag that nobody knows.
func fill(v reflect.Value, n *int64) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		if tags, ok := v.Addr().Interface().(*kmsg.Tags); ok {
			tags.Set(1000, []byte("tag"))
			return
		}
		for i := range v.NumField() {
			fillField(v.Type().Field(i).Name, v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array: // a uuid
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(float64(*n) / 3)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(uint64(*n) & 0x7f)
	default:
		v.SetInt(*n & 0x7f)
	}
}

func fillField(name string, v reflect.Value, n *int64) {
	switch name {
	case "Version", "ThrottleMillis":
		return
	case "Records", "RecordBatches":
		v.SetBytes(aBatch(0))
	case "Metadata", "ProtocolMetadata":
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(aMetadata())
			return
		}
		fill(v, n)
	case "MemberAssignment":
		v.SetBytes(anAssignment())
	case "SASLAuthBytes", "HMAC", "Salt", "SaltedPassword", "RequestData", "RequestPrincipal", "ResponseData", "Bytes":
		v.SetBytes([]byte(secret))
	default:
		fill(v, n)
	}
}

func aMetadata() []byte {
	m := kmsg.NewConsumerMemberMetadata()
	fill(reflect.ValueOf(&m).Elem(), new(int64))
	m.Version = 3
	return m.AppendTo(nil)
}

func anAssignment() []byte {
	m := kmsg.NewConsumerMemberAssignment()
	fill(reflect.ValueOf(&m).Elem(), new(int64))
	m.Version = 1
	return m.AppendTo(nil)
}

// aBatch returns a batch of two records.
func aBatch(codec int16) []byte {
	var records []byte
	for i := range int32(2) {
		r := kmsg.Record{
			TimestampDelta64: int64(i) * 1000, OffsetDelta: i, Key: fmt.Appendf(nil, "key %d", i), Value: []byte("value"),
			Headers: []kmsg.Header{{Key: "a header", Value: []byte("its value")}, {Key: "null"}},
		}
		r.Length = int32(len(r.AppendTo(nil))) - 1 // of the length of 0
		records = r.AppendTo(records)
	}
	return batchOf(codec, packed(codec, records))
}

// batchOf returns a batch that says to have two records, with these bytes for them.
func batchOf(codec int16, records []byte) []byte {
	b := kmsg.RecordBatch{
		FirstOffset: 42, PartitionLeaderEpoch: 7, Magic: 2, Attributes: codec, LastOffsetDelta: 1, FirstTimestamp: 1_700_000_000_000,
		MaxTimestamp: 1_700_000_001_000, ProducerID: 4711, ProducerEpoch: 1, FirstSequence: 3, NumRecords: 2, Records: records,
	}
	b.Length = int32(len(records)) + 49
	return b.AppendTo(nil)
}

// packed returns b as a codec compresses it; unchanged if Kafka has no such codec.
func packed(codec int16, b []byte) []byte {
	codecs := []kgo.CompressionCodec{codecGzip: kgo.GzipCompression(), codecSnappy: kgo.SnappyCompression(), codecLZ4: kgo.Lz4Compression(), codecZstd: kgo.ZstdCompression()}
	if codec == 0 || int(codec) >= len(codecs) {
		return b
	}
	c, err := kgo.DefaultCompressor(codecs[codec])
	if err != nil {
		panic(err)
	}
	compressed, _ := c.Compress(new(bytes.Buffer), b)
	return compressed
}

// aMessage returns a message of the formats before batches.
func aMessage(magic int8, codec int8, value string) []byte {
	if magic == 0 {
		m := kmsg.MessageV0{Offset: 5, Attributes: codec, Key: []byte("key"), Value: []byte(value)}
		m.MessageSize = int32(len(m.AppendTo(nil)) - 12)
		return m.AppendTo(nil)
	}
	m := kmsg.MessageV1{Offset: 6, Magic: 1, Attributes: codec, Timestamp: 1_700_000_000_000, Value: []byte(value)}
	m.MessageSize = int32(len(m.AppendTo(nil)) - 12)
	return m.AppendTo(nil)
}

// leaves returns the Fields without Fields, in order.
func leaves(f Field) (all []Field) {
	if len(f.Fields) == 0 {
		return []Field{f}
	}
	for _, part := range f.Fields {
		all = append(all, leaves(part)...)
	}
	return all
}

// checkPartition fails unless the leaves cover the frame, and each Field what is in it; those of what was
// compressed, too.
func checkPartition(t *testing.T, f Field, size int) {
	t.Helper()
	at := 0
	for _, leaf := range leaves(f) {
		if leaf.Start != at || leaf.End < leaf.Start {
			t.Fatalf("the leaf %s is at %d to %d, and the one before it ends at %d\n%s", leaf.Name, leaf.Start, leaf.End, at, text(f))
		}
		at = leaf.End
	}
	if at != size {
		t.Fatalf("the leaves end at %d of %d\n%s", at, size, text(f))
	}
	var check func(Field)
	check = func(f Field) {
		if f.Unpacked != nil {
			checkPartition(t, *f.Unpacked, len(f.Unpacked.Value.([]byte)))
		}
		if n := len(f.Fields); n > 0 && (f.Start != f.Fields[0].Start || f.End != f.Fields[n-1].End) {
			t.Fatalf("%s is at %d to %d, its fields at %d to %d", f.Name, f.Start, f.End, f.Fields[0].Start, f.Fields[n-1].End)
		}
		for _, part := range f.Fields {
			check(part)
		}
	}
	check(f)
}
