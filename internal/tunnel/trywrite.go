//go:build unix || wasip1

package tunnel

import (
	"net"
	"syscall"
)

// tryWriter returns a function that writes to c what its socket takes without waiting, and
// returns how much that was; errors are left to the next ordinary Write. It is nil where c has
// no file descriptor (TLS, a pipe). Nobody else may be writing to c meanwhile.
func tryWriter(c net.Conn) func(p []byte) int {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	var p []byte
	var n int
	attempt := func(fd uintptr) bool {
		n, _ = syscall.Write(int(fd), p)
		return true // done, whatever came of it
	}
	return func(b []byte) int {
		p, n = b, 0
		if raw.Write(attempt) != nil {
			n = 0
		}
		p = nil
		return max(n, 0)
	}
}
