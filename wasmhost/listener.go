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

// The networks of requests that dial nothing.
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

// serve listens and accepts connections until the guest closes the socket.
func (s *socket) serve(ctx context.Context, network, addr string) {
	listener, err := s.network.listenStream(ctx, network, addr)
	if !s.listened(listener, err) {
		if listener != nil {
			listener.Close()
		}
		return
	}
	for s.awaitTurn() {
		conn, err := listener.Accept()
		if !s.queued(accepted{conn, err}) {
			return
		}
	}
}

// listenStream listens if the network is a stream's.
func (n *network) listenStream(ctx context.Context, network, addr string) (net.Listener, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
		listener, err := n.listen(ctx, network, addr)
		if isNil(listener) {
			listener = nil
			if err == nil {
				err = errors.New("the host gave neither a listener nor an error")
			}
		}
		return listener, err
	}
	return nil, net.UnknownNetworkError(network)
}

// listened records the outcome. It reports false if there is no listener, or if the guest has closed the socket.
func (s *socket) listened(listener net.Listener, err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	defer s.network.notify()
	if err != nil {
		s.status, s.phase = failure(err).encode(), failed
		return false
	}
	var r record
	if a := listener.Addr(); !isNil(a) {
		r.network, r.local = a.Network(), a.String()
	}
	s.status, s.phase, s.listener = r.encode(), listening, listener
	return true
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
