//go:build unix

package tunnel

import (
	"io"
	"net"
	"os"
	"syscall"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// A readySource reads from a socket of the kernel when bytes are there: while none are, it holds no
// buffer and no room.
type readySource struct {
	stream *Stream
	raw    syscall.RawConn
	read   func(fd uintptr) bool // s.attempt, bound once
	size   int                   // of the next message's data

	// Of one message.
	credit int
	b      *buffer
	err    error
}

// newReadySource returns nil where only c's own Read will do.
func newReadySource(st *Stream, c net.Conn) *readySource {
	raw := trywrite.RawConn(c)
	if raw == nil {
		return nil
	}
	s := &readySource{stream: st, raw: raw, size: smallData}
	s.read = s.attempt
	return s
}

// next waits for bytes and returns a message with them, or an error, or neither where there was no
// room for it.
func (s *readySource) next(credit int) (*buffer, error) {
	s.credit, s.b, s.err = credit, nil, nil
	if err := s.raw.Read(s.read); err != nil {
		return nil, err
	}
	b := s.b
	s.b = nil
	return b, s.err
}

// attempt reads what is there, and reports false if it has to be called again when something is.
func (s *readySource) attempt(fd uintptr) bool {
	w := s.stream.session.writer
	size := s.size
	if !w.reserve(dataMessageSize(size)) {
		if size = smallData; !w.reserve(dataMessageSize(size)) {
			return true // waitToSend waits for room
		}
	}
	b := newDataMessage(s.stream.id, size)
	room := b.room()[:min(size, s.credit)]
	n, err := syscall.Read(int(fd), room)
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), room)
	}
	if n <= 0 {
		w.unreserve(b.held())
		b.free()
		switch err {
		case nil:
			s.err = io.EOF
		case syscall.EAGAIN:
			s.size = smallData
			return false
		default:
			s.err = os.NewSyscallError("read", err)
		}
		return true
	}
	b.w += n
	switch {
	case n == size:
		s.size = min(16*size, largeData)
	case n <= smallData:
		s.size = smallData
	}
	s.b = b
	return true
}
