package hostile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// Opcodes of RFC 6455 section 5.2.
const (
	OpContinuation = 0
	OpText         = 1
	OpBinary       = 2
	OpClose        = 8
	OpPing         = 9
	OpPong         = 10
)

// A Frame is one frame of RFC 6455 section 5.2. Nothing in it is checked.
type Frame struct {
	More     bool // the message goes on in another frame
	Reserved byte // the three reserved bits, 0 to 7
	Opcode   byte
	Payload  []byte
}

// maskingKey is the same for all frames: no proxy between us is to be protected.
var maskingKey = [4]byte{0x12, 0x34, 0x56, 0x78}

// append encodes the frame behind b. A client masks its frames, a server doesn't.
func (f Frame) append(b []byte, masked bool) []byte {
	first := f.Reserved<<4 | f.Opcode
	if !f.More {
		first |= 0x80
	}
	var mask byte
	if masked {
		mask = 0x80
	}
	switch n := len(f.Payload); {
	case n < 126:
		b = append(b, first, mask|byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, first, mask|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, mask|127), uint64(n))
	}
	if !masked {
		return append(b, f.Payload...)
	}
	b = append(b, maskingKey[:]...)
	for i, c := range f.Payload {
		b = append(b, c^maskingKey[i%4])
	}
	return b
}

// readFrame reads one frame. Its memory grows with the bytes that come.
func readFrame(r io.Reader) (Frame, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return Frame{}, err
	}
	f := Frame{More: head[0]&0x80 == 0, Reserved: head[0] >> 4 & 7, Opcode: head[0] & 15}
	masked, length := head[1]&0x80 != 0, uint64(head[1]&0x7f)
	switch length {
	case 126:
		if _, err := io.ReadFull(r, head[:2]); err != nil {
			return f, err
		}
		length = uint64(binary.BigEndian.Uint16(head[:]))
	case 127:
		if _, err := io.ReadFull(r, head[:8]); err != nil {
			return f, err
		}
		length = binary.BigEndian.Uint64(head[:])
	}
	var key [4]byte
	if masked {
		if _, err := io.ReadFull(r, key[:]); err != nil {
			return f, err
		}
	}
	var payload bytes.Buffer
	if n, err := io.Copy(&payload, io.LimitReader(r, int64(length))); err != nil {
		return f, err
	} else if uint64(n) < length {
		return f, fmt.Errorf("a frame of %d bytes ends after %d: %w", length, n, io.ErrUnexpectedEOF)
	}
	f.Payload = payload.Bytes()
	if masked {
		for i := range f.Payload {
			f.Payload[i] ^= key[i%4]
		}
	}
	return f, nil
}
