//go:build !js

package tunnel

import (
	"encoding/binary"
	"math/rand/v2"
)

// frame turns b's message into a frame in place, in the room before it: final, not fragmented, and
// masked where a client sends it (RFC 6455 sections 5.2 and 5.3).
func frame(b *buffer, masked bool) {
	n := b.size()
	op := b.opcode
	if op == 0 {
		op = opBinary
	}
	var maskBit byte
	var key uint32
	if masked {
		maskBit = 0x80
		key = rand.Uint32() // of ChaCha8, seeded by the system: no one can predict it
		mask(b.bytes(), key)
		b.r -= 4
		binary.LittleEndian.PutUint32(b.data[b.r:], key)
	}
	switch {
	case n < 126:
		b.r--
		b.data[b.r] = maskBit | byte(n)
	case n < 1<<16:
		b.r -= 3
		b.data[b.r] = maskBit | 126
		binary.BigEndian.PutUint16(b.data[b.r+1:], uint16(n))
	default:
		b.r -= 9
		b.data[b.r] = maskBit | 127
		binary.BigEndian.PutUint64(b.data[b.r+1:], uint64(n))
	}
	b.r--
	b.data[b.r] = 0x80 | byte(op)
	b.framed = true
}

// mask applies the key, whose first byte is its lowest, to p.
func mask(p []byte, key uint32) {
	wide := uint64(key)<<32 | uint64(key)
	for len(p) >= 32 {
		q := p[:32]
		binary.LittleEndian.PutUint64(q[0:], binary.LittleEndian.Uint64(q[0:])^wide)
		binary.LittleEndian.PutUint64(q[8:], binary.LittleEndian.Uint64(q[8:])^wide)
		binary.LittleEndian.PutUint64(q[16:], binary.LittleEndian.Uint64(q[16:])^wide)
		binary.LittleEndian.PutUint64(q[24:], binary.LittleEndian.Uint64(q[24:])^wide)
		p = p[32:]
	}
	for i := range p {
		p[i] ^= byte(key >> (8 * (i % 4)))
	}
}
