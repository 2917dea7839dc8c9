package wire

import (
	"encoding/binary"
	"strconv"
)

// Offsets in a batch of records, and in a message of the formats before it.
const (
	batchLength       = 8  // int32: bytes after it
	batchStart        = 12 // where the length counts from
	batchMagic        = 16 // int8: the format
	messageAttributes = 17 // int8
	batchAttributes   = 21 // int16
)

// batchFormats has the structure of each format, by its magic number.
var batchFormats = [...]string{"MessageV0", "MessageV1", "RecordBatch"}

// codecs are the compressions, by the lowest three bits of a batch's attributes.
var codecs = [...]string{"", "gzip", "snappy", "lz4", "zstd", "unknown codec", "unknown codec", "unknown codec"}

// records decodes a length and the batches after it.
func (d *decoder) records(name string) (Field, bool) {
	r := Field{Name: name, Type: typeRecords, Start: d.pos}
	n, why := d.length(len32)
	if why != "" {
		return d.broken(name, r.Start, "%s", why), false
	}
	d.finishLength(&r, n)
	ok := true
	if n > 0 {
		flexible := d.flexible
		d.flexible = false
		ok = d.within(n, &r, func() bool { return d.batches(&r) })
		d.flexible = flexible
	}
	r.End = d.pos
	return r, ok
}

// batches decodes batches into r. A broker may cut the last one short.
func (d *decoder) batches(r *Field) bool {
	ok := true
	for i := 0; ok && d.pos < d.end; i++ {
		ok = r.add(d.batch("[" + strconv.Itoa(i) + "]"))
	}
	return ok
}

func (d *decoder) batch(name string) (Field, bool) {
	start, b := d.pos, d.frame[d.pos:d.end]
	if len(b) <= batchMagic {
		return d.broken(name, start, "a batch is cut short"), false
	}
	length, magic := int(int32(binary.BigEndian.Uint32(b[batchLength:]))), int(b[batchMagic])
	switch {
	case length < 0:
		return d.broken(name, start, "the batch's length is %d", length), false
	case magic >= len(batchFormats):
		return d.broken(name, start, "the batch's format %d is unknown", magic), false
	}
	d.codec = codecOf(b, magic)
	batch := Field{Name: name, Type: typeStruct, Start: start}
	ok := d.within(batchStart+length, &batch, func() bool {
		return d.members(&batch, d.table.structures[batchFormats[magic]])
	})
	if last := &batch.Fields[len(batch.Fields)-1]; d.codec != 0 && last.Name == "Value" && last.Type != typeUnparsed {
		last.Type += ", " + codecs[d.codec] // messages in a message
		if packed, ok := last.Value.([]byte); ok {
			last.Unpacked = d.unpacked("Messages", packed, (*decoder).batches)
		}
	}
	batch.End = d.pos
	return batch, ok
}

// codecOf returns the compression of a batch.
func codecOf(b []byte, magic int) int {
	attributes := messageAttributes
	if magic == 2 {
		attributes = batchAttributes + 1 // its lower byte
	}
	if attributes >= len(b) {
		return 0
	}
	return int(b[attributes] & 7)
}

// batchRecords decodes the records of a batch, up to its end. Compressed ones are a leaf that is unpacked.
func (d *decoder) batchRecords(name string) (Field, bool) {
	r := Field{Name: name, Type: typeRecords, Start: d.pos}
	if d.codec != 0 {
		r.Type += ", " + codecs[d.codec]
		r.Value = d.frame[d.pos:d.end:d.end]
		r.Unpacked = d.unpacked(name, d.frame[d.pos:d.end], (*decoder).recordsUpToEnd)
		d.pos = d.end
		r.End = d.pos
		return r, true
	}
	r.Value = d.end - d.pos
	ok := d.recordsUpToEnd(&r)
	r.End = d.pos
	return r, ok
}

func (d *decoder) recordsUpToEnd(r *Field) bool {
	ok := true
	for i := 0; ok && d.pos < d.end; i++ {
		ok = r.add(d.record("[" + strconv.Itoa(i) + "]"))
	}
	return ok
}

// unpacked decompresses a part of the frame and decodes it. What is compressed in there once more stays so.
func (d *decoder) unpacked(name string, packed []byte, decode func(*decoder, *Field) bool) *Field {
	if d.inUnpacked {
		return nil
	}
	b, err := unpack(d.codec, packed, d.room)
	d.room -= len(b)
	inner := &decoder{frame: b, end: len(b), left: d.left, inUnpacked: true, key: d.key, version: d.version, table: d.table}
	f := &Field{Name: name, Type: typeRecords, Value: b, End: len(b)}
	inner.within(len(b), f, func() bool { return decode(inner, f) })
	if err != nil {
		f.add(inner.broken("Rest", inner.pos, "%v", err), false)
	}
	d.left = inner.left
	return f
}

func (d *decoder) record(name string) (Field, bool) {
	r := Field{Name: name, Type: typeRecord, Start: d.pos}
	size, ok := d.number("Length", kindVarint)
	switch {
	case !r.add(size, ok):
	case size.Value.(int) < 0:
		ok = r.add(d.broken("Rest", d.pos, "the record's length is %d", size.Value), false)
	default:
		ok = d.within(size.Value.(int), &r, func() bool { return d.members(&r, d.table.structures["Record"]) })
	}
	r.End = d.pos
	return r, ok
}

// consumer decodes bytes that members of a group give each other, as Kafka's consumers do. Those of
// other clients are a leaf.
func (d *decoder) consumer(name, structure string) (Field, bool) {
	before := *d
	c := Field{Name: name, Type: d.sizedType(&bytesTypes, len32), Start: d.pos}
	n, why := d.length(len32)
	if why == "" && n >= 2 && n <= d.end-d.pos {
		d.finishLength(&c, n)
		d.end = d.pos + n
		d.flexible, d.version = false, d.int16()
		ok := d.members(&c, d.table.structures[structure])
		complete := ok && d.pos == d.end
		d.end, d.flexible, d.version = before.end, before.flexible, before.version
		if complete {
			c.End = d.pos
			return c, true
		}
	}
	*d = before
	return d.sized(name, &bytesTypes, len32)
}
