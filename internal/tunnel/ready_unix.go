//go:build unix

package tunnel

import (
	"io"
	"net"
	"os"
	"syscall"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// A readySource waits for bytes on a kernel socket without holding a buffer or room in the queue, and
// takes both once bytes are there.
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

// newReadySource returns a source whose first message has room for size bytes, or nil if c must be read by
// its own Read.
func newReadySource(st *Stream, c net.Conn, size int) *readySource {
	raw := trywrite.RawConn(c)
	if raw == nil {
		return nil
	}
	s := &readySource{stream: st, raw: raw, size: size}
	s.read = s.attempt
	return s
}

// next waits for bytes and returns them in a message. It returns nil and nil if there was no room.
func (s *readySource) next(credit int) (*buffer, error) {
	s.credit, s.b, s.err = credit, nil, nil
	if err := s.raw.Read(s.read); err != nil {
		return nil, err
	}
	b := s.b
	s.b = nil
	return b, s.err
}

// attempt reads what is there. It reports false if nothing is, to be called again when something is.
func (s *readySource) attempt(fd uintptr) bool {
	w := s.stream.session.writer
	size := min(s.size, max(s.credit, smallData))
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
	case n == s.size:
		s.size = min(sizeGrowth*size, largeData)
	case n <= smallData:
		s.size = smallData
	}
	s.b = b
	return true
}
