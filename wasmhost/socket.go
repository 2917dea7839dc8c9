package wasmhost

import (
	"context"
	"io"
	"io/fs"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
	"github.com/tetratelabs/wazero/sys"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// phase is how far a socket has come.
type phase int

const (
	idle      phase = iota // opened, no request yet
	dialing                // the host dials, or begins to listen
	open                   // bytes or datagrams move
	listening              // connections wait, or will
	failed                 // the request failed
)

// socket is a connection as the guest sees it: a file that never blocks. The guest's thread calls its
// methods. run, receive and send (pump.go) run in goroutines beside it.
type socket struct {
	experimentalsys.UnimplementedFile
	network *network

	mu      sync.Mutex
	changed sync.Cond // wakes receive and send: in has room, out has bytes, or closed is set
	phase   phase
	fd      int32
	cancel  context.CancelFunc // ends the dial
	conn    net.Conn
	packets *packets         // instead of conn: datagrams
	closer  io.Closer        // conn, or the conn of packets
	hungUp  atomic.Bool      // closer.Close was called
	linger  *time.Timer      // calls hangUp if send takes too long after the guest's close
	direct  *trywrite.Writer // nil: all bytes go through send
	in, out ring
	// Of a listener: the connections that wait for the guest.
	listener net.Listener
	queue    []accepted
	eof      bool // the peer sends no more
	ended    bool // the guest writes no more
	halved   bool // the connection's CloseWrite was called
	closed   bool // the guest closed it, or ended
	users    int  // how many hold the socket's place: the guest's descriptor, and run

	// Encoded records; nil until there is an outcome or a failure.
	status, readFailure, writeFailure []byte

	descriptor sync.Once // closes the guest's descriptor once
}

var _ experimentalsys.PollableFile = (*socket)(nil)

func newSocket(n *network) *socket {
	s := &socket{network: n, users: 1}
	s.changed.L = &s.mu
	return s
}

// Pwrite accepts the request, which must come whole, and once; and later the end of what the guest writes.
func (s *socket) Pwrite(p []byte, offset int64) (int, experimentalsys.Errno) {
	switch offset {
	case requestOffset:
	case closeWriteOffset:
		return len(p), s.closeWrite()
	default:
		return 0, experimentalsys.EINVAL
	}
	r, errno := parseRequest(p)
	if errno != 0 {
		return 0, errno
	}
	if r.network == acceptNetwork {
		errno = s.accept(r)
	} else if !s.start(r.fd, func(ctx context.Context) { s.do(ctx, r) }) {
		errno = experimentalsys.EINVAL
	}
	if errno != 0 {
		return 0, errno
	}
	return len(p), 0
}

// do carries out a request, until the guest closes the socket.
func (s *socket) do(ctx context.Context, r request) {
	switch network, listens := strings.CutPrefix(r.network, listenPrefix); {
	case isTCP(network) && listens:
		s.serve(s.network.listenStream(ctx, network, r.addr))
	case isTCP(network):
		s.carry(s.network.dialConn(ctx, network, r.addr))
	case isUDP(network) && listens:
		s.exchange(s.network.listenPackets(ctx, network, r.addr))
	case isUDP(network):
		s.exchange(s.network.dialPackets(ctx, network, r.addr))
	default:
		s.fail(net.UnknownNetworkError(network))
	}
}

// settle records the outcome of a request, and calls keep if the guest waits for it still. Otherwise the guest has closed
// the socket, and settle reports false.
func (s *socket) settle(outcome record, p phase, keep func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.status, s.phase = outcome.encode(), p
	keep()
	s.network.notify()
	return true
}

// fail records that a request failed.
func (s *socket) fail(err error) { s.settle(failure(err), failed, func() {}) }

// start runs what the guest asks for, in a goroutine. It reports false if the guest has asked for something before.
func (s *socket) start(fd int32, run func(ctx context.Context)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != idle || s.closed {
		return false
	}
	s.fd = fd
	s.network.attach(s, fd)
	ctx, cancel := context.WithCancel(s.network.ctx)
	s.phase, s.cancel = dialing, cancel
	s.users++
	s.network.running.Go(func() {
		defer s.leave()
		defer s.network.detach(s)
		defer cancel()
		run(ctx)
	})
	return true
}

// Pread returns a record. The outcome of the dial is EAGAIN until there is one. The reason why reading
// or writing failed is empty until it did.
func (s *socket) Pread(p []byte, offset int64) (int, experimentalsys.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b []byte
	switch {
	case offset < 0:
		return 0, experimentalsys.EINVAL
	case offset >= writeFailureOffset:
		b, offset = s.writeFailure, offset-writeFailureOffset
		if b == nil && s.ended {
			b = afterCloseWrite
		}
	case offset >= readFailureOffset:
		b, offset = s.readFailure, offset-readFailureOffset
	case s.status == nil:
		return 0, experimentalsys.EAGAIN
	default:
		b, offset = s.status, offset-statusOffset
	}
	if offset >= int64(len(b)) {
		return 0, 0
	}
	return copy(p, b[offset:]), 0
}

// Read returns bytes that have arrived. After EIO, readFailure has the reason.
func (s *socket) Read(p []byte) (int, experimentalsys.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errno := s.usable(); errno != 0 || len(p) == 0 {
		return 0, errno
	}
	switch {
	case s.packets != nil:
		return s.readPacket(p)
	case s.in.length > 0:
		wasFull := s.in.full()
		n := s.in.read(p)
		if wasFull {
			s.changed.Broadcast()
		}
		return n, 0
	case s.readFailure != nil:
		return 0, experimentalsys.EIO
	case s.eof:
		return 0, 0
	}
	return 0, experimentalsys.EAGAIN
}

// Write accepts as many bytes as there is room for. After EIO, writeFailure has the reason.
func (s *socket) Write(p []byte) (int, experimentalsys.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errno := s.usable(); errno != 0 {
		return 0, errno
	}
	switch {
	case s.packets != nil:
		return s.writePacket(p)
	case len(p) == 0:
		return 0, 0
	case s.writeFailure != nil, s.ended:
		return 0, experimentalsys.EIO
	case s.out.full():
		return 0, experimentalsys.EAGAIN
	}
	n := 0
	if s.out.length == 0 {
		var err error
		n, err = s.direct.Try(p)
		switch {
		case err != nil:
			s.writeFailure = failure(err).encode()
			return 0, experimentalsys.EIO
		case n == len(p):
			return n, 0
		}
		s.changed.Broadcast() // send has something to do
	}
	return n + s.out.write(p[n:]), 0
}

// usable returns zero if the socket is open.
func (s *socket) usable() experimentalsys.Errno {
	switch {
	case s.closed:
		return experimentalsys.EBADF
	case s.phase == dialing:
		return experimentalsys.EAGAIN
	case s.phase != open:
		return experimentalsys.EINVAL
	}
	return 0
}

// readable reports whether Read would return anything but EAGAIN, or a connection waits. Call with mu held.
func (s *socket) readable() bool {
	switch {
	case s.phase == listening:
		return s.closed || len(s.queue) > 0
	case s.packets != nil:
		return s.closed || s.packets.readable()
	}
	return s.closed || s.phase != dialing && (s.phase != open || s.in.length > 0 || s.eof || s.readFailure != nil)
}

// writable reports whether Write would return anything but EAGAIN; a socket becomes
// writable when its dial ends. Call with mu held.
func (s *socket) writable() bool {
	if s.packets != nil {
		return s.closed || s.packets.writable()
	}
	return s.closed || s.phase != dialing && (s.phase != open || !s.out.full() || s.writeFailure != nil || s.ended)
}

// ready reports whether s is writable, if write is set; otherwise whether it is readable.
func (s *socket) ready(write bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if write {
		return s.writable()
	}
	return s.readable()
}

// Close returns at once. The bytes written are still sent, for up to lingerTimeout.
func (s *socket) Close() experimentalsys.Errno {
	s.shut()
	s.network.forget(s, s.fd)
	s.descriptor.Do(s.leave)
	return 0
}

// leave ends one use of the socket. The last one returns the socket's place.
func (s *socket) leave() {
	s.mu.Lock()
	s.users--
	unused := s.users == 0
	s.mu.Unlock()
	if unused {
		s.network.release()
	}
}

// shut ends the dial. It ends a connection once the bytes written are sent.
func (s *socket) shut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	s.changed.Broadcast()
	if s.cancel != nil {
		s.cancel()
	}
	if s.listener != nil {
		s.listener.Close()
		for _, a := range s.queue {
			if a.err == nil {
				a.conn.Close()
			}
		}
		s.queue = nil
	}
	if s.closer != nil {
		s.linger = time.AfterFunc(lingerTimeout, s.hangUp)
	}
}

// abort ends the connection at once. It doesn't wait for a Close that blocks.
func (s *socket) abort() {
	s.shut()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closer != nil {
		go s.hangUp()
	}
}

// hangUp closes the connection, once. Only the first call waits for a Close that blocks.
func (s *socket) hangUp() {
	if s.hungUp.CompareAndSwap(false, true) {
		s.closer.Close()
	}
}

// Stat implements experimental/sys.File.
func (s *socket) Stat() (sys.Stat_t, experimentalsys.Errno) {
	return sys.Stat_t{Mode: fs.ModeSocket | 0o600, Nlink: 1}, 0
}

// IsDir implements experimental/sys.File.
func (s *socket) IsDir() (bool, experimentalsys.Errno) { return false, 0 }

// IsNonblock implements experimental/sys.PollableFile.
func (s *socket) IsNonblock() bool { return true }

// SetNonblock implements experimental/sys.PollableFile. It doesn't allow blocking, which would stop the
// whole guest.
func (s *socket) SetNonblock(enable bool) experimentalsys.Errno {
	if !enable {
		return experimentalsys.ENOTSUP
	}
	return 0
}

// Poll implements experimental/sys.Pollable. It doesn't wait; poll_oneoff does.
func (s *socket) Poll(flag experimentalsys.Pflag, _ int32) (bool, experimentalsys.Errno) {
	return s.ready(flag&experimentalsys.POLLOUT != 0), 0
}
