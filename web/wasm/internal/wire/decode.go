package wire

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/kafkaio/kafkaio/core"
)

// maxFields bounds the Fields of a frame. It is more than a person reads. A page takes 1 µs for each.
const maxFields = 1 << 15

// tooMany is what a Field says that stands for those beyond maxFields.
const tooMany = "a frame is shown up to its field %d"

// Keys and errors of Kafka that Decode treats apart.
const (
	apiControlledShutdown = 7
	apiVersions           = 18
	unsupportedVersion    = 35
)

// Decode returns the fields of a frame, which begins with the 4 bytes of its length. key and version
// are those of the request, also for its response. The frame may be cut short, and may be anything:
// what can't be parsed is in a Field of type "unparsed".
//
// A batch of records that is compressed is one leaf: its records are not among the frame's bytes, but in
// Field.Unpacked.
func Decode(key, version int16, request bool, frame []byte) Field {
	d := &decoder{frame: frame, end: len(frame), left: maxFields, room: maxUnpacked, key: key}
	return d.decode(version, request)
}

func nameOf(key int16, request bool) string {
	name := core.APIName(key)
	if name == "" {
		name = "Unknown"
	}
	if request {
		return name + "Request"
	}
	return name + "Response"
}

// A decoder is at a place in a frame.
type decoder struct {
	frame    []byte
	pos      int
	end      int // of what is being decoded
	left     int // how many Fields there may still be
	room     int // how many decompressed bytes there may still be
	key      int16
	version  int16
	flexible bool
	codec    int  // of the batch of records
	failed   bool // something is unparsed
	table    *table

	inUnpacked bool // it was compressed
}

// decode decodes the whole frame.
func (d *decoder) decode(version int16, request bool) Field {
	root := Field{Name: nameOf(d.key, request), Type: typeFrame, End: len(d.frame)}
	size, ok := d.number("Size", kindInt32)
	if !root.add(size, ok) {
		return root
	}
	if n := size.Value.(int); n < 0 {
		root.add(d.broken("Frame", d.pos, "the frame's length is %d", n), false)
	} else {
		d.within(n, &root, func() bool { return d.message(&root, version, request) })
	}
	if d.pos < d.end {
		root.add(d.broken("Rest", d.pos, "%d bytes follow the frame", d.end-d.pos), false)
	}
	return root
}

// message decodes the header and the body of a message in some version into root.
func (d *decoder) message(root *Field, version int16, request bool) bool {
	var err error
	if d.table, err = loadTable(); err != nil {
		return root.add(d.broken("Frame", d.pos, "%v", err), false)
	}
	messages, headerFields := d.table.responses, d.table.structures["ResponseHeader"]
	if request {
		messages, headerFields = d.table.requests, d.table.structures["RequestHeader"]
	}
	m, known := messages[d.key]
	if !known {
		start := d.pos
		d.pos = d.end
		return root.add(redacted(Field{Name: "Frame", Start: start, End: d.end}), true)
	}
	flexible := version >= m.flexible
	switch {
	case request && d.key == apiControlledShutdown && version == 0:
		headerFields = headerFields[:3] // no client ID
	case !request && d.key == apiVersions:
		flexible = false // the client may not know the broker's versions yet
	}
	header := Field{Name: "Header", Type: typeStruct, Start: d.pos}
	ok := d.members(&header, headerFields)
	if ok && flexible {
		ok = header.add(d.tags(nil))
	}
	header.End = d.pos
	if !root.add(header, ok) {
		return false
	}
	if !request && d.key == apiVersions && d.int16() == unsupportedVersion {
		version = 0 // which all clients understand
	}
	return root.add(d.body(m, version))
}

// body decodes what follows the header.
func (d *decoder) body(m message, version int16) (Field, bool) {
	start := d.pos
	if version < 0 || version > m.max {
		return d.broken("Body", start, "version %d is unknown: the last known is %d", version, m.max), false
	}
	d.version, d.flexible = version, version >= m.flexible
	body, ok := d.structure("Body", m.fields)
	if ok && d.pos < d.end {
		ok = body.add(d.broken("Rest", d.pos, "%d bytes follow the last field", d.end-d.pos), false)
		body.End = d.end
	}
	if d.failed && carriesSecrets(d.key) {
		body = redacted(Field{Name: "Body", Start: start, End: d.pos}) // a secret may be where it isn't expected
	}
	return body, ok
}

// int16 returns the number that follows: an error at the start of a body, or a version.
func (d *decoder) int16() int16 {
	if d.end-d.pos < 2 {
		return 0
	}
	return int16(binary.BigEndian.Uint16(d.frame[d.pos:]))
}

// structure decodes fields and the tags after them.
func (d *decoder) structure(name string, fields []field) (Field, bool) {
	s := Field{Name: name, Type: typeStruct, Start: d.pos}
	d.left--
	ok := d.members(&s, fields)
	if ok && d.flexible {
		ok = s.add(d.tags(fields))
	}
	s.End = d.pos
	redactConfig(&s)
	return s, ok
}

// members decodes fields into s, up to the first that is broken.
func (d *decoder) members(s *Field, fields []field) bool {
	for i := range fields {
		f := &fields[i]
		if f.tag < 0 && f.in(d.version) && !s.add(d.field(f)) {
			return false
		}
	}
	return true
}

// add adds f to s, and returns ok.
func (s *Field) add(f Field, ok bool) bool {
	s.Fields = append(s.Fields, f)
	return ok
}

func (d *decoder) field(f *field) (Field, bool) {
	var v Field
	var ok bool
	if f.array {
		v, ok = d.array(f, len32)
	} else {
		v, ok = d.value(f, f.name)
	}
	if ok && isSecret(d.key, f.name) && v.Value != nil {
		v = redacted(v)
	}
	return v, ok
}

// array decodes a length and as many elements. One that is null or empty is a leaf.
func (d *decoder) array(f *field, l lengthKind) (Field, bool) {
	a := Field{Name: f.name, Type: d.sizedType(&arrayTypes, l), Start: d.pos}
	n, why := d.length(l)
	switch {
	case why != "":
		return d.broken(f.name, a.Start, "%s", why), false
	case n > d.end-d.pos: // each element has a byte at least
		return d.broken(f.name, a.Start, "%d elements are said to follow, in %d bytes", n, d.end-d.pos), false
	}
	d.left--
	d.finishLength(&a, n)
	ok := true
	for i := 0; ok && i < n; i++ {
		ok = a.add(d.value(f, "["+strconv.Itoa(i)+"]"))
	}
	a.End = d.pos
	return a, ok
}

// finishLength sets what a's length n says. If something follows, the length is a Field of its own.
func (d *decoder) finishLength(a *Field, n int) {
	a.End = d.pos
	if n >= 0 {
		a.Value = n
	}
	if n > 0 {
		a.Fields = append(a.Fields, Field{Name: "Length", Type: "length", Value: n, Start: a.Start, End: d.pos})
	}
}

// within decodes the next n bytes into parent, and covers those that decode leaves. It reports whether
// decoding can go on after them.
func (d *decoder) within(n int, parent *Field, decode func() bool) bool {
	outer, missing := d.end, n-(d.end-d.pos)
	if missing < 0 {
		d.end = d.pos + n
	}
	switch ok := decode(); {
	case d.left <= 0 && d.pos < d.end:
		parent.add(d.broken("Rest", d.pos, tooMany, maxFields), false)
	case d.pos < d.end:
		parent.add(d.broken("Rest", d.pos, "%d bytes follow the last field", d.end-d.pos), false)
	case ok && missing > 0:
		parent.add(d.broken("Rest", d.pos, "%d bytes are missing", missing), false)
	}
	d.end = outer
	return missing <= 0 && d.left > 0
}

// broken returns a leaf from start to the end of what is being decoded.
func (d *decoder) broken(name string, start int, why string, args ...any) Field {
	d.pos, d.failed = d.end, true
	return Field{Name: name, Type: typeUnparsed, Value: fmt.Sprintf(why, args...), Start: start, End: d.end}
}
