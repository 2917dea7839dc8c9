package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
)

// The networks of requests that dial nothing. listenPrefix is followed by a network.
const (
	listenPrefix  = "listen "
	acceptNetwork = "accept"
)

// backlog is how many accepted connections of a listener wait for the guest. The system has its own queue before it.
const backlog = 16

// accepted is a connection that waits for the guest, or why there is none.
type accepted struct {
	conn net.Conn
	err  error
}

// listenFunc has the shape of net.ListenConfig.Listen.
type listenFunc func(ctx context.Context, network, addr string) (net.Listener, error)

func denyListen(context.Context, string, string) (net.Listener, error) {
	return nil, fmt.Errorf("denied: the host doesn't let this program accept connections: %w", syscall.EACCES)
}

// serve accepts connections until the guest closes the socket. err is why there is no listener.
func (s *socket) serve(listener net.Listener, err error) {
	if err != nil {
		s.fail(err)
	} else if s.settle(listensAt(listener.Addr()), listening, func() { s.listener = listener }) {
		for s.awaitTurn() {
			conn, err := listener.Accept()
			if !s.queued(accepted{conn, err}) {
				return
			}
		}
		return
	}
	if listener != nil {
		listener.Close()
	}
}

// listenStream opens a listener.
func (n *network) listenStream(ctx context.Context, network, addr string) (net.Listener, error) {
	listener, err := n.listen(ctx, network, addr)
	return given(listener, err, "the host gave neither a listener nor an error")
}

// awaitTurn waits until another connection may wait for the guest. It reports false if the guest has closed the socket.
func (s *socket) awaitTurn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) >= backlog && !s.closed {
		s.changed.Wait()
	}
	return !s.closed
}

// queued has the guest find a connection, or an error. It reports whether more may come.
func (s *socket) queued(a accepted) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		if a.err == nil {
			a.conn.Close()
		}
		return false
	}
	s.queue = append(s.queue, a)
	s.network.notify()
	return !errors.Is(a.err, net.ErrClosed)
}

// next takes the connection that has waited longest.
func (s *socket) next() (net.Conn, experimentalsys.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, experimentalsys.EBADF
	case s.phase == dialing:
		return nil, experimentalsys.EAGAIN
	case s.phase != listening:
		return nil, experimentalsys.EINVAL
	case len(s.queue) == 0:
		return nil, experimentalsys.EAGAIN
	}
	a := s.queue[0]
	s.queue = s.queue[1:]
	s.changed.Broadcast()
	if a.err != nil {
		s.readFailure = failure(a.err).encode()
		return nil, experimentalsys.EIO
	}
	return a.conn, 0
}

// accept makes s the next connection of a listener, whose descriptor is the address.
func (s *socket) accept(r request) experimentalsys.Errno {
	fd, err := strconv.ParseUint(r.addr, 10, 31)
	if err != nil {
		return experimentalsys.EINVAL
	}
	listener := s.network.lookup(int32(fd))
	if listener == nil || listener == s {
		return experimentalsys.EBADF
	}
	if s.phase != idle { // which only the guest's thread changes, and this is it
		return experimentalsys.EINVAL
	}
	conn, errno := listener.next()
	if errno != 0 {
		return errno
	}
	s.start(r.fd, func(context.Context) { s.carry(conn, nil) })
	return 0
}
