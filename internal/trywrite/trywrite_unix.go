//go:build unix

package trywrite

import (
	"net"
	"os"
	"syscall"
)

// A Writer writes to a socket without blocking. It makes one attempt at a time, without allocating.
type Writer struct {
	raw     syscall.RawConn
	attempt func(fd uintptr) bool // w.write, as a value made once

	// The state of one attempt.
	p   []byte
	n   int
	err error
}

// New returns a Writer for c. If c isn't a plain socket, it returns nil, which is a Writer that writes
// nothing.
func New(c net.Conn) *Writer {
	raw := RawConn(c)
	if raw == nil {
		return nil
	}
	w := &Writer{raw: raw}
	w.attempt = w.write
	return w
}

// RawConn returns the socket under c, or nil if c isn't exactly a *net.TCPConn or a *net.UnixConn. A
// type that embeds one may count, encrypt or record the bytes in its Read and Write, so these must not
// be bypassed.
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

// Try writes as much of p as the kernel accepts without blocking, and returns how many bytes that was;
// 0 without an error if none. An error is the socket's. Neither another Try nor a Write of the
// connection may run beside it. A nil Writer writes nothing.
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

// write makes the attempt. It returns true, whatever the outcome, so that RawConn.Write doesn't wait.
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
