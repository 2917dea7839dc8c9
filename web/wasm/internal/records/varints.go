package records

import "encoding/binary"

// varints reads what a record consists of: numbers in zigzag, and bytes after their length. Once broken, it
// reads nothing more.
type varints struct {
	rest   []byte
	broken bool
}

func (v *varints) int() int64 {
	n, size := binary.Varint(v.rest)
	if size <= 0 {
		v.rest, v.broken = nil, true
		return 0
	}
	v.rest = v.rest[size:]
	return n
}

// bytes returns bytes after their length; -1 is nil.
func (v *varints) bytes() []byte {
	n := v.int()
	if n == -1 {
		return nil
	}
	return v.take(n)
}

func (v *varints) skip(n int64) { v.take(n) }

func (v *varints) take(n int64) []byte {
	if n < 0 || n > int64(len(v.rest)) {
		v.rest, v.broken = nil, true
		return nil
	}
	b := v.rest[:n:n]
	v.rest = v.rest[n:]
	return b
}
