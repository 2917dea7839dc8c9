//go:build unix

package trywrite

import (
	"net"
	"os"
	"syscall"
)

// A Writer makes one attempt at a time, and allocates nothing for it.
type Writer struct {
	raw     syscall.RawConn
	attempt func(fd uintptr) bool // w.write, bound once

	// Of one attempt.
	p   []byte
	n   int
	err error
}

// New returns a Writer for c, or nil if only c's own Write will do.
func New(c net.Conn) *Writer {
	raw := RawConn(c)
	if raw == nil {
		return nil
	}
	w := &Writer{raw: raw}
	w.attempt = w.write
	return w
}

// RawConn returns the socket under c, or nil if only c's own Read and Write will do. It looks for the
// exact types that do nothing but read and write the socket: one that embeds a *net.TCPConn may count,
// encrypt or record as it does.
func RawConn(c net.Conn) syscall.RawConn {
	var sc syscall.Conn
	switch c := c.(type) {
	case *net.TCPConn:
		sc = c
	case *net.UnixConn:
		sc = c
	default:
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// Try writes the beginning of p, as far as the kernel takes it without waiting, and returns how
// many bytes that was. An error is the socket's. One Try runs at a time, and no Write beside it.
// A nil Writer writes nothing.
func (w *Writer) Try(p []byte) (int, error) {
	if w == nil || len(p) == 0 {
		return 0, nil
	}
	w.p, w.n, w.err = p, 0, nil
	err := w.raw.Write(w.attempt)
	w.p = nil
	if err != nil { // closed, or past its write deadline
		return 0, err
	}
	return w.n, w.err
}

// write reports true: it makes one attempt, whatever its outcome.
func (w *Writer) write(fd uintptr) bool {
	n, err := syscall.Write(int(fd), w.p)
	switch err {
	case nil:
		w.n = n
	case syscall.EAGAIN, syscall.EINTR:
	default:
		w.err = os.NewSyscallError("write", err)
	}
	return true
}
