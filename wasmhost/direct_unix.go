//go:build unix

package wasmhost

import (
	"net"
	"os"
	"syscall"
)

// directWriter writes to a connection of the kernel what the kernel takes at once. That
// spares a write the switch to another goroutine and back.
type directWriter struct {
	raw     syscall.RawConn
	attempt func(fd uintptr) bool // w.write, bound once

	// Of one attempt.
	p   []byte
	n   int
	err error
}

// newDirectWriter returns nil if only c's own Write will do. It looks for the exact types: one
// that embeds a TCPConn may do more in its Write.
func newDirectWriter(c net.Conn) *directWriter {
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
	w := &directWriter{raw: raw}
	w.attempt = w.write
	return w
}

// tryWrite writes the beginning of p, as far as it can without waiting.
func (w *directWriter) tryWrite(p []byte) (int, error) {
	if w == nil {
		return 0, nil
	}
	w.p, w.n, w.err = p, 0, nil
	err := w.raw.Write(w.attempt)
	w.p = nil
	if err != nil {
		return 0, err
	}
	return w.n, w.err
}

// write reports true: it makes one attempt, whatever its outcome.
func (w *directWriter) write(fd uintptr) bool {
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
