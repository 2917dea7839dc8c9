//go:build unix

package testnet

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// BlackHole returns an address that answers no attempt to connect: a listener whose queue is full,
// which nobody empties. It is empty where the system has no such thing.
func BlackHole(t testing.TB) (addr string) {
	t.Helper()
	l := Listen(t)
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var listenErr error
	if err := raw.Control(func(fd uintptr) { listenErr = syscall.Listen(int(fd), 0) }); err != nil || listenErr != nil {
		t.Fatal(err, listenErr)
	}
	const most = 16 // connections that a queue of length 0 may hold, by far
	for range most {
		c, err := net.DialTimeout("tcp", l.Addr().String(), 200*time.Millisecond)
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
			return l.Addr().String()
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
	}
	return ""
}
