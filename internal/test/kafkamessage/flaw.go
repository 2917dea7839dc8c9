package kafkamessage

import (
	"encoding/binary"
	"math"
	"slices"
)

// length writes the length of a text or a list, -1 for null, in so many bytes unless it is a varint.
func (w *writer) length(n, size int) {
	if !w.flawed() {
		w.rightLength(n, size)
		return
	}
	switch w.Below(5) {
	case 0:
		w.rightLength(n+1, size)
	case 1:
		w.rightLength(max(n-1, -1), size)
	case 2:
		w.rightLength(-1, size)
	case 3:
		w.rightLength(math.MaxInt16, size)
	case 4:
		if w.flexible {
			w.longVarint(uint64(n + 1))
		} else {
			w.rightLength(-2, size)
		}
	}
}

func (w *writer) rightLength(n, size int) {
	switch {
	case w.flexible:
		w.b = binary.AppendUvarint(w.b, uint64(n+1))
	case size == 2:
		w.b = binary.BigEndian.AppendUint16(w.b, uint16(n))
	default:
		w.b = binary.BigEndian.AppendUint32(w.b, uint32(n))
	}
}

// longVarint writes a number in more bytes than it takes, and with a bit too many for some parsers.
func (w *writer) longVarint(n uint64) {
	n |= uint64(w.Below(4)) << 32
	for range 4 {
		w.b = append(w.b, byte(n)|0x80)
		n >>= 7
	}
	w.b = append(w.b, byte(n))
}

// A tag is a tagged field as it is written.
type tag struct {
	number uint64
	data   []byte
}

// tags writes the tagged fields of a structure, and some that no definition has.
func (w *writer) tags(fields []Field) {
	var tags []tag
	next := uint64(0)
	for _, f := range fields {
		if f.Tagged == "" {
			continue
		}
		next = max(next, f.Tag+1) // in a version without this tag too: kmsg reads it all the same
		if f.Versions.Has(w.version) && f.Tagged.Has(w.version) && w.OneIn(2) {
			tags = append(tags, tag{f.Tag, w.apart(func() { w.field(f) })})
		}
	}
	slices.SortFunc(tags, func(a, b tag) int { return int(a.number) - int(b.number) })
	if w.OneIn(8) {
		tags = append(tags, tag{next + uint64(w.Below(3)), Pick(w.Choices, w.names.Tags)})
	}
	count := len(tags)
	if w.flawed() {
		switch w.Below(6) {
		case 0: // Kafka reads on after what it knows of a tag, kmsg after its size
			for i := range tags {
				tags[i].data = slices.Concat(tags[i].data, w.apart(func() { w.rest(fields) }))
			}
		case 1:
			for i := range tags {
				tags[i].data = tags[i].data[:len(tags[i].data)/2]
			}
		case 2:
			tags = append(tags, tags...)
			count = len(tags)
		case 3:
			slices.Reverse(tags)
		case 4:
			count += 1 - w.Below(3)
		case 5:
			tags, count = append(tags, tag{uint64(w.Below(3)), w.Bytes(20)}), count+1
		}
	}
	w.b = binary.AppendUvarint(w.b, uint64(max(count, 0)))
	for _, t := range tags {
		w.b = binary.AppendUvarint(w.b, t.number)
		w.rightLength(len(t.data)-1, 4) // a size, which is never null
		w.b = append(w.b, t.data...)
	}
}

// rest writes what could come after a tagged field: no further tags, and fields once more.
func (w *writer) rest(fields []Field) {
	w.b = append(w.b, 0)
	for _, f := range fields {
		if f.Versions.Has(w.version) && !f.Tagged.Has(w.version) && w.OneIn(2) {
			w.field(f)
		}
	}
}

// apart returns what write writes.
func (w *writer) apart(write func()) []byte {
	before := w.b
	w.b = nil
	write()
	data := w.b
	w.b = before
	return data
}
