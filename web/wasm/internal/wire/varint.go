package wire

import (
	"encoding/binary"
	"fmt"
	"math"
)

// variable decodes a varint.
func (d *decoder) variable(name string, k kind) (Field, bool) {
	f := Field{Name: name, Start: d.pos}
	var why string
	switch k {
	case kindUvarint:
		f.Type = "uvarint"
		f.Value, why = d.uvarint()
	case kindVarint:
		f.Type = "varint"
		f.Value, why = d.varint()
	case kindVarlong:
		f.Type = "varlong"
		f.Value, why = d.varlong()
	default:
		why = fmt.Sprintf("the table has an unknown type %q", byte(k))
	}
	if why != "" {
		return d.broken(name, f.Start, "%s", why), false
	}
	f.End = d.pos
	return f, true
}

// varlong reads a number of up to 64 bits in zigzag encoding. why says what is wrong.
func (d *decoder) varlong() (_ int64, why string) {
	n, size := binary.Varint(d.frame[d.pos:d.end])
	if size <= 0 {
		return 0, "a varlong does not end"
	}
	d.pos += size
	return n, ""
}

func (d *decoder) varint() (_ int, why string) {
	n, why := d.varlong()
	if why != "" || n < math.MinInt32 || n > math.MaxInt32 {
		return 0, "a varint does not end within 32 bits"
	}
	return int(n), ""
}

// uvarint reads a length or a tag, which has at most 31 bits.
func (d *decoder) uvarint() (_ int, why string) {
	n, size := binary.Uvarint(d.frame[d.pos:d.end])
	if size <= 0 || n > math.MaxInt32 {
		return 0, "an unsigned varint does not end within 31 bits"
	}
	d.pos += size
	return int(n), ""
}
