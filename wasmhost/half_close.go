package wasmhost

import (
	"syscall"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
)

// A halfCloser is a connection that ends in one direction, as *net.TCPConn and *tls.Conn do.
type halfCloser interface{ CloseWrite() error }

// afterCloseWrite is why a write fails after CloseWrite.
var afterCloseWrite = failure(syscall.EPIPE).encode()

// closeWrite ends what the guest writes: once the bytes written are sent, the peer reads the end.
func (s *socket) closeWrite() experimentalsys.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errno := s.usable(); errno != 0 {
		return errno
	}
	if _, ok := s.conn.(halfCloser); !ok {
		return experimentalsys.ENOTSUP
	}
	s.ended = true
	s.changed.Broadcast()
	return 0
}
