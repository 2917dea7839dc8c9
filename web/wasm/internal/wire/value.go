package wire

import (
	"encoding/base64"
	"encoding/binary"
	"math"
)

// A kind is a type, as the table writes it.
type kind byte

const (
	kindBool         kind = 'b'
	kindInt8         kind = '1'
	kindInt16        kind = '2'
	kindInt32        kind = '4'
	kindInt64        kind = '8'
	kindUint16       kind = 'u'
	kindFloat64      kind = 'f'
	kindUUID         kind = 'g'
	kindVarint       kind = 'v'
	kindVarlong      kind = 'V'
	kindUvarint      kind = 'w'
	kindString       kind = 's'
	kindBytes        kind = 'B'
	kindVarintString kind = 't'
	kindVarintBytes  kind = 'C'
	kindStruct       kind = '{'
	kindNullable     kind = '?' // a structure that may be null
	kindRecords      kind = 'r'
	kindBatchRecords kind = 'R' // what follows the fields of a batch
	kindHeaders      kind = 'h'
	kindMetadata     kind = 'm' // a consumer's, of JoinGroup
	kindAssignment   kind = 'a' // a consumer's, of SyncGroup
)

// A lengthKind is how the length of a string, of bytes or of an array is encoded.
type lengthKind int

const (
	len16 lengthKind = iota // compact in a flexible version, as len32
	len32
	lenVarint
)

// value decodes a field, or an element of an array.
func (d *decoder) value(f *field, name string) (Field, bool) {
	if d.left--; d.left < 0 {
		return d.broken(name, d.pos, tooMany, maxFields), false
	}
	switch f.kind {
	case kindStruct:
		return d.structure(name, f.fields)
	case kindNullable:
		return d.nullable(name, f.fields)
	case kindString:
		return d.sized(name, &stringTypes, len16)
	case kindBytes:
		return d.sized(name, &bytesTypes, len32)
	case kindVarintString:
		return d.sized(name, &stringTypes, lenVarint)
	case kindVarintBytes:
		return d.sized(name, &bytesTypes, lenVarint)
	case kindRecords:
		return d.records(name)
	case kindBatchRecords:
		return d.batchRecords(name)
	case kindHeaders:
		return d.array(&field{name: name, kind: kindStruct, fields: d.table.structures["Header"]}, lenVarint)
	case kindMetadata:
		return d.consumer(name, "ConsumerMemberMetadata")
	case kindAssignment:
		return d.consumer(name, "ConsumerMemberAssignment")
	}
	return d.number(name, f.kind)
}

// fixedType returns the name and the size of a type; the size is 0 if it varies.
func fixedType(k kind) (name string, size int) {
	switch k {
	case kindBool:
		return "bool", 1
	case kindInt8:
		return "int8", 1
	case kindInt16:
		return "int16", 2
	case kindUint16:
		return "uint16", 2
	case kindInt32:
		return "int32", 4
	case kindInt64:
		return "int64", 8
	case kindFloat64:
		return "float64", 8
	case kindUUID:
		return "uuid", 16
	}
	return "", 0
}

// number decodes a value of a fixed size or a varint.
func (d *decoder) number(name string, k kind) (Field, bool) {
	start := d.pos
	typ, size := fixedType(k)
	switch {
	case size == 0:
		return d.variable(name, k)
	case d.end-start < size:
		return d.broken(name, start, "%d of %d bytes are missing", size-(d.end-start), size), false
	}
	d.pos += size
	return Field{Name: name, Type: typ, Value: fixedValue(k, d.frame[start:d.pos]), Start: start, End: d.pos}, true
}

func fixedValue(k kind, b []byte) any {
	switch k {
	case kindBool:
		return b[0] != 0
	case kindInt8:
		return int(int8(b[0]))
	case kindInt16:
		return int(int16(binary.BigEndian.Uint16(b)))
	case kindUint16:
		return int(binary.BigEndian.Uint16(b))
	case kindInt32:
		return int(int32(binary.BigEndian.Uint32(b)))
	case kindInt64:
		return int64(binary.BigEndian.Uint64(b))
	case kindFloat64:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return base64.RawURLEncoding.EncodeToString(b) // as Kafka's Uuid
}

// length reads a length; that of null is negative.
func (d *decoder) length(l lengthKind) (n int, why string) {
	switch {
	case l == lenVarint:
		return d.varint()
	case d.flexible:
		n, why = d.uvarint()
		return n - 1, why
	}
	k := kindInt32
	if l == len16 {
		k = kindInt16
	}
	_, size := fixedType(k)
	if d.end-d.pos < size {
		return 0, "the length is cut short"
	}
	d.pos += size
	return fixedValue(k, d.frame[d.pos-size:d.pos]).(int), ""
}

// sizedTypes are the Types of something with a length: as it is, compact, and with a varint.
type sizedTypes [3]string

var (
	stringTypes = sizedTypes{"string", "compact string", "varint string"}
	bytesTypes  = sizedTypes{"bytes", "compact bytes", "varint bytes"}
	arrayTypes  = sizedTypes{"array", "compact array", "varint array"}
)

// sizedType returns the Type of something with such a length.
func (d *decoder) sizedType(types *sizedTypes, l lengthKind) string {
	switch {
	case l == lenVarint:
		return types[2]
	case d.flexible:
		return types[1]
	}
	return types[0]
}

// sized decodes a string or bytes.
func (d *decoder) sized(name string, types *sizedTypes, l lengthKind) (Field, bool) {
	f := Field{Name: name, Type: d.sizedType(types, l), Start: d.pos}
	n, why := d.length(l)
	switch {
	case why != "":
		return d.broken(name, f.Start, "%s", why), false
	case n > d.end-d.pos:
		return d.broken(name, f.Start, "%d of %d bytes are missing", n-(d.end-d.pos), n), false
	case n >= 0 && types == &stringTypes:
		f.Value = string(d.frame[d.pos : d.pos+n])
	case n >= 0:
		f.Value = d.frame[d.pos : d.pos+n : d.pos+n]
	}
	d.pos += max(n, 0)
	f.End = d.pos
	return f, true
}

// nullable decodes a structure that may be null. The byte before it is a Field of its own.
func (d *decoder) nullable(name string, fields []field) (Field, bool) {
	present, ok := d.number("Present", kindInt8)
	if !ok || present.Value.(int) < 0 {
		present.Name = name
		if ok {
			present.Value = nil
		}
		return present, ok
	}
	s, ok := d.structure(name, fields)
	s.Start = present.Start
	s.Fields = append([]Field{present}, s.Fields...)
	return s, ok
}
