package core

import (
	"encoding/binary"
	"io"
)

// A readAhead holds bytes that were read from the stream before they were asked for, so that a
// small frame is one read: its length comes with the rest.
type readAhead struct {
	buf  []byte
	r, w int // buf[r:w] is unread
}

const readAheadSize = 4 << 10

func (a *readAhead) size() int { return a.w - a.r }

func (a *readAhead) unread() []byte { return a.buf[a.r:a.w] }

// hasFrame reports whether a whole frame is there, or one whose length is none.
func (a *readAhead) hasFrame() bool {
	u := a.unread()
	return len(u) >= frameHeader && len(u)-frameHeader >= int(int32(binary.BigEndian.Uint32(u)))
}

// enlarge makes the buffer one of n bytes.
func (a *readAhead) enlarge(n int) {
	buf := make([]byte, n)
	a.r, a.w, a.buf = 0, copy(buf, a.unread()), buf
}

func (a *readAhead) take(p []byte) int {
	n := copy(p, a.unread())
	a.r += n
	return n
}

// read returns bytes that were read ahead, or reads. Large reads go straight into p.
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

// fill reads more into the buffer, which must have room.
func (a *readAhead) fill(s io.Reader) error {
	if a.buf == nil {
		a.buf = make([]byte, readAheadSize)
	}
	a.r, a.w = 0, copy(a.buf, a.unread())
	n, err := readSome(s, a.buf[a.w:])
	a.w += n
	return err
}

// need reads until n bytes are there, which the buffer must have room for.
func (a *readAhead) need(s io.Reader, n int) error {
	for a.size() < n {
		if err := a.fill(s); err != nil {
			return err
		}
	}
	return nil
}

// readSome reads at least one byte or fails. An error that comes with bytes comes again without.
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
