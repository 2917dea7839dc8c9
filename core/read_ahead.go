package core

import (
	"encoding/binary"
	"io"
)

// A readAhead buffers what the stream has, so that a small frame takes one read and not two: its
// length comes with its payload.
type readAhead struct {
	buf  []byte
	r, w int // buf[r:w] is unread
}

// readAheadSize is the buffer's size in bytes, unless enlarge changes it: a page of memory.
const readAheadSize = 4 << 10

func (a *readAhead) size() int { return a.w - a.r }

func (a *readAhead) unread() []byte { return a.buf[a.r:a.w] }

// hasFrame reports whether the buffer has a whole frame, or one whose length is negative.
func (a *readAhead) hasFrame() bool {
	u := a.unread()
	return len(u) >= frameHeader && len(u)-frameHeader >= int(int32(binary.BigEndian.Uint32(u)))
}

// enlarge replaces the buffer by one of n bytes, with the same contents.
func (a *readAhead) enlarge(n int) {
	buf := make([]byte, n)
	a.r, a.w, a.buf = 0, copy(buf, a.unread()), buf
}

// take moves bytes from the buffer to p, and returns how many.
func (a *readAhead) take(p []byte) int {
	n := copy(p, a.unread())
	a.r += n
	return n
}

// read takes bytes from the buffer. If it is empty, read fills it first, or, for a large p, reads
// straight into p.
func (a *readAhead) read(s io.Reader, p []byte) (int, error) {
	if a.size() == 0 {
		if len(p) >= readAheadSize {
			return readSome(s, p)
		}
		if err := a.fill(s); err != nil {
			return 0, err
		}
	}
	return a.take(p), nil
}

// fill reads into the buffer once. The buffer must have room.
func (a *readAhead) fill(s io.Reader) error {
	if a.buf == nil {
		a.buf = make([]byte, readAheadSize)
	}
	a.r, a.w = 0, copy(a.buf, a.unread())
	n, err := readSome(s, a.buf[a.w:])
	a.w += n
	return err
}

// need reads until the buffer has n bytes. It must have room for them.
func (a *readAhead) need(s io.Reader, n int) error {
	for a.size() < n {
		if err := a.fill(s); err != nil {
			return err
		}
	}
	return nil
}

// readSome reads at least one byte, or fails. It drops an error that comes with bytes: the next read
// returns it again.
func readSome(s io.Reader, p []byte) (int, error) {
	const maxEmptyReads = 100
	for range maxEmptyReads {
		n, err := s.Read(p)
		if n > 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}
