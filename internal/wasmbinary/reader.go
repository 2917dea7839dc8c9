package wasmbinary

import (
	"encoding/binary"
	"errors"
)

var errShort = errors.New("it ends too early")

// A reader reads WebAssembly's binary format. After its first error it returns zeros.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.rest, r.err = nil, err
	}
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.fail(errShort)
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// uint reads a number in LEB128 of up to 32 bits.
func (r *reader) uint() uint32 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || n > 5 || v>>32 != 0 {
		r.fail(errShort)
		return 0
	}
	r.rest = r.rest[n:]
	return uint32(v)
}

// bytes reads a length, and as many bytes.
func (r *reader) bytes() []byte {
	n := r.uint()
	if uint64(n) > uint64(len(r.rest)) {
		r.fail(errShort)
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) skip(n uint32) {
	if uint64(n) > uint64(len(r.rest)) {
		r.fail(errShort)
		return
	}
	r.rest = r.rest[n:]
}

func (r *reader) name() string { return string(r.bytes()) }
