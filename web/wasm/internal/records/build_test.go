package records_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// Bits of a batch's attributes.
const (
	appendTime    = 0x08
	transactional = 0x10
	control       = 0x20
)

// bounded takes batches up to mostUnpacked.
var bounded = decompressor(mostUnpacked)

const mostUnpacked = 1 << 20

// decompressor returns one that takes batches up to a limit.
func decompressor(limit int) kgo.Decompressor {
	cl, err := kgo.NewClient(kgo.MaxDecompressBatchBytes(limit))
	if err != nil {
		panic(err)
	}
	defer cl.Close()
	return records.DecompressorOf(cl)
}

// A plan is of a batch that a test builds.
type plan struct {
	first      int64
	last       int32 // the last offset, from first on; 0: that of the last record
	attributes int16
	codec      kgo.CompressionCodec
	time, max  int64
	producer   int64
	records    []kmsg.Record
}

// record returns one with an offset and a time from those of its batch on.
func record(offset int32, time int64, value string) kmsg.Record {
	return kmsg.Record{OffsetDelta: offset, TimestampDelta64: time, Key: []byte("k"), Value: []byte(value)}
}

// values returns records with the offsets 0, 1, 2 and so on.
func values(of ...string) (all []kmsg.Record) {
	for i, v := range of {
		all = append(all, record(int32(i), 0, v))
	}
	return all
}

// marker is the record that ends a transaction.
func marker(commit bool) []kmsg.Record {
	key := []byte{0, 0, 0, 0}
	if commit {
		key[3] = 1
	}
	return []kmsg.Record{{Key: key, Value: []byte{0, 0, 0, 0, 0, 0}}}
}

// build returns the bytes of batches.
func build(t testing.TB, plans ...plan) (all []byte) {
	t.Helper()
	for _, p := range plans {
		var packed []byte
		for _, r := range p.records {
			body := r.AppendTo(nil)[1:] // without the length 0
			packed = append(binary.AppendVarint(packed, int64(len(body))), body...)
		}
		if p.last == 0 && len(p.records) > 0 {
			p.last = p.records[len(p.records)-1].OffsetDelta
		}
		compressor, err := kgo.DefaultCompressor(p.codec)
		if err != nil {
			t.Fatal(err)
		}
		if compressor != nil && len(packed) > 0 {
			var codec kgo.CompressionCodecType
			packed, codec = compressor.Compress(new(bytes.Buffer), packed)
			p.attributes |= int16(codec)
		}
		b := kmsg.RecordBatch{
			FirstOffset: p.first, PartitionLeaderEpoch: 5, Magic: 2, Attributes: p.attributes, LastOffsetDelta: p.last,
			FirstTimestamp: p.time, MaxTimestamp: p.max, ProducerID: p.producer, NumRecords: int32(len(p.records)), Records: packed,
		}
		all = append(all, sum(b.AppendTo(nil))...)
	}
	return all
}

// sum sets the length and the checksum of a batch.
func sum(b []byte) []byte {
	binary.BigEndian.PutUint32(b[8:], uint32(len(b)-12))
	binary.BigEndian.PutUint32(b[17:], crc32.Checksum(b[21:], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

// sumOld does the same for a message of an older format.
func sumOld(b []byte) []byte {
	binary.BigEndian.PutUint32(b[8:], uint32(len(b)-12))
	binary.BigEndian.PutUint32(b[12:], crc32.ChecksumIEEE(b[16:]))
	return b
}
