package records

import "encoding/binary"

// What a record consists of is read from at on, and each function returns where it ends: broken if it doesn't end
// in b, or if at is broken.
const broken = -1

// varint reads a number in zigzag. Those of one and two bytes, the most frequent, take no further call.
func varint(b []byte, at int) (n int64, end int) {
	if uint(at) >= uint(len(b)) {
		return 0, broken
	}
	rest := b[at:]
	first := uint64(rest[0])
	if first < 0x80 {
		return unzigzag(first), at + 1
	}
	if len(rest) > 1 && rest[1] < 0x80 {
		return unzigzag(first&0x7f | uint64(rest[1])<<7), at + 2
	}
	n, size := binary.Varint(rest)
	if size <= 0 {
		return 0, broken
	}
	return n, at + size
}

func unzigzag(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }

// varbytes reads bytes after their length; -1 is nil.
func varbytes(b []byte, at int) (bytes []byte, end int) {
	n, at := varint(b, at)
	if n == -1 || at == broken {
		return nil, at
	}
	if n < 0 || n > int64(len(b)-at) {
		return nil, broken
	}
	end = at + int(n)
	return b[at:end:end], end
}
