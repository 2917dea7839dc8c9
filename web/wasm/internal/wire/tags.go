package wire

import "fmt"

// tags decodes the tagged fields at the end of a structure, of which fields has those that are known.
func (d *decoder) tags(fields []field) (Field, bool) {
	t := Field{Name: "Tags", Type: typeTags, Start: d.pos}
	n, why := d.uvarint()
	switch {
	case why != "":
		return d.broken(t.Name, t.Start, "%s", why), false
	case n > d.end-d.pos:
		return d.broken(t.Name, t.Start, "%d tags are said to follow, in %d bytes", n, d.end-d.pos), false
	}
	d.left--
	d.finishLength(&t, n)
	ok := true
	for i := 0; ok && i < n; i++ {
		ok = t.add(d.tag(fields))
	}
	t.End = d.pos
	return t, ok
}

func (d *decoder) tag(fields []field) (Field, bool) {
	t := Field{Name: "Unknown", Type: typeTag, Start: d.pos}
	tag, ok := d.number("Tag", kindUvarint)
	if t.add(tag, ok) {
		var size Field
		size, ok = d.number("Size", kindUvarint)
		if t.add(size, ok) {
			ok = d.within(size.Value.(int), &t, func() bool { return d.tagValue(&t, tag.Value.(int), fields) })
		}
	}
	t.End = d.pos
	return t, ok
}

func (d *decoder) tagValue(t *Field, tag int, fields []field) bool {
	for i := range fields {
		if f := &fields[i]; f.tag == tag {
			t.Name = f.name
			return t.add(d.field(f))
		}
	}
	// A later version of the message may have it: this is no failure.
	unknown := Field{Name: "Value", Type: typeUnparsed, Value: fmt.Sprintf("tag %d is unknown", tag), Start: d.pos, End: d.end}
	d.pos = d.end
	return t.add(unknown, true)
}
