package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"sync"
	"syscall"
	"time"
)

const (
	// defaultMaxSockets is Config.MaxSockets where that is 0. A Kafka client has a few sockets
	// per broker.
	defaultMaxSockets = 4096
	// lingerTimeout is how long bytes that a guest wrote may take to leave once the
	// guest has closed the connection or has ended.
	lingerTimeout = 5 * time.Second
	// abandonTimeout is how long a Dial may take to return once its context is done, and a
	// Read or a Write once Close was called.
	abandonTimeout = time.Second
)

// dialFunc has the shape of net.Dialer.DialContext.
type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// network holds the connections of one guest.
type network struct {
	ctx     context.Context // of the guest's run: dials end with it
	dial    dialFunc
	running sync.WaitGroup // a socket's goroutines
	wake    chan struct{}  // holds a token when a socket may have become ready since poll last looked
	timer   *time.Timer    // poll's; a guest has one thread, so one poll runs at a time
	most    int            // bounds places

	mu      sync.Mutex
	places  int                  // taken by files that are open, and by sockets that still send
	sockets map[*socket]struct{} // dialling, open or flushing
	fds     map[int32]*socket    // by the descriptor the guest knows
}

func newNetwork(ctx context.Context, c Config) *network {
	dial, most := dialFunc(c.Dial), c.MaxSockets
	if dial == nil {
		dial = denyDial
	}
	if most == 0 {
		most = defaultMaxSockets
	}
	return &network{
		ctx:     ctx,
		dial:    dial,
		wake:    make(chan struct{}, 1),
		timer:   time.NewTimer(0),
		most:    most + 1, // wazero opens the device's directory itself, once
		sockets: make(map[*socket]struct{}),
		fds:     make(map[int32]*socket),
	}
}

// dialStream dials, if the guest asks for what a socket can be: a stream.
func (n *network) dialStream(ctx context.Context, r request) (net.Conn, error) {
	switch r.network {
	case "tcp", "tcp4", "tcp6":
		conn, err := n.dial(ctx, r.network, r.addr)
		if isNil(conn) {
			conn = nil
			if err == nil {
				err = errors.New("the host's dialer gave neither a connection nor an error")
			}
		}
		return conn, err
	}
	return nil, net.UnknownNetworkError(r.network)
}

// isNil reports whether v is nil, or an interface around a nil pointer: tls.Dial's result is one
// where it fails, and a RemoteAddr may be.
func isNil(v any) bool {
	value := reflect.ValueOf(v)
	return !value.IsValid() || value.Kind() == reflect.Pointer && value.IsNil()
}

func denyDial(context.Context, string, string) (net.Conn, error) {
	return nil, fmt.Errorf("denied: the host allows this program no connections: %w", syscall.EACCES)
}

// reserve takes a place for a file that the guest opens, and reports false if none is left.
func (n *network) reserve() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.places >= n.most {
		return false
	}
	n.places++
	return true
}

// release gives back a place that reserve took.
func (n *network) release() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.places--
}

// attach makes s known by fd.
func (n *network) attach(s *socket, fd int32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fds[fd] = s
	n.sockets[s] = struct{}{}
}

// forget ends what poll knows of s: the guest closed it and may get fd again for another.
func (n *network) forget(s *socket, fd int32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fds[fd] == s {
		delete(n.fds, fd)
	}
}

// detach ends what close knows of s: it has no connection, nor a dial.
func (n *network) detach(s *socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.sockets, s)
}

// lookup returns the socket that the guest calls fd, or nil.
func (n *network) lookup(fd int32) *socket {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.fds[fd]
}

// notify makes a waiting poll look again.
func (n *network) notify() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// close ends every connection once the guest has ended, and returns when none is left.
// What the guest wrote is still sent, for lingerTimeout, unless ctx is done. A Dial, Read,
// Write or Close that doesn't return within a further abandonTimeout is left behind.
func (n *network) close() {
	n.each((*socket).shut)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.running.Wait()
	}()
	select {
	case <-ended:
		return
	case <-n.ctx.Done():
	case <-time.After(lingerTimeout):
	}
	n.each((*socket).abort)
	select {
	case <-ended:
	case <-time.After(abandonTimeout):
	}
}

func (n *network) each(f func(*socket)) {
	n.mu.Lock()
	sockets := make([]*socket, 0, len(n.sockets))
	for s := range n.sockets {
		sockets = append(sockets, s)
	}
	n.mu.Unlock()
	for _, s := range sockets {
		f(s)
	}
}
