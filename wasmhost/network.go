package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"sync"
	"syscall"
	"time"
)

const (
	// defaultMaxSockets is the limit if Config.MaxSockets is 0. A Kafka client has up to five
	// sockets per broker.
	defaultMaxSockets = 4096
	// lingerTimeout is how long the host goes on sending a guest's bytes after the guest has closed
	// the connection, or has ended.
	lingerTimeout = 5 * time.Second
	// abandonTimeout is how long the host waits for a Dial to return after its context has ended,
	// and for a Read or a Write after Close.
	abandonTimeout = time.Second
)

// dialFunc has the shape of net.Dialer.DialContext.
type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// network holds the connections of one guest.
type network struct {
	ctx     context.Context // that of Run, or of the Instance; dials end with it
	dial    dialFunc
	listen  listenFunc
	packets listenPacketFunc
	running sync.WaitGroup // the sockets' goroutines
	wake    chan struct{}  // holds a token if a socket may have become ready since poll last looked
	timer   *time.Timer    // poll's; a guest has one thread, so one poll runs at a time
	most    int            // bounds places

	mu      sync.Mutex
	places  int                  // files that are open, and closed sockets that still send
	sockets map[*socket]struct{} // dialling, open or flushing
	fds     map[int32]*socket    // by the descriptor the guest knows
}

// networkKey is that of the network among a context's values: the functions that a guest calls find it there.
type networkKey struct{}

func newNetwork(ctx context.Context, c Config) *network {
	dial, most := dialFunc(c.Dial), c.MaxSockets
	if dial == nil {
		dial = denyDial
	}
	listen := listenFunc(c.Listen)
	if listen == nil {
		listen = denyListen
	}
	packets := listenPacketFunc(c.ListenPacket)
	if packets == nil {
		packets = denyListenPacket
	}
	if most == 0 {
		most = defaultMaxSockets
	}
	return &network{
		ctx:     ctx,
		dial:    dial,
		listen:  listen,
		packets: packets,
		wake:    make(chan struct{}, 1),
		timer:   time.NewTimer(0),
		most:    most + 1, // wazero opens the device's directory itself, once
		sockets: make(map[*socket]struct{}),
		fds:     make(map[int32]*socket),
	}
}

// dialConn opens a connection.
func (n *network) dialConn(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := n.dial(ctx, network, addr)
	return given(conn, err, "the host's dialer gave neither a connection nor an error")
}

func isTCP(network string) bool { return network == "tcp" || network == "tcp4" || network == "tcp6" }

func isUDP(network string) bool { return network == "udp" || network == "udp4" || network == "udp6" }

// given returns what a function of Config gave, without a pointer that is nil. missing is the error if it gave nothing.
func given[T io.Closer](v T, err error, missing string) (T, error) {
	if !isNil(v) {
		return v, err
	}
	if err == nil {
		err = errors.New(missing)
	}
	var none T
	return none, err
}

// isNil reports whether v is nil, or an interface around a nil pointer. tls.Dial, as a Config.Dial,
// returns such a net.Conn when it fails; some conns return such a net.Addr.
func isNil(v any) bool {
	value := reflect.ValueOf(v)
	return !value.IsValid() || value.Kind() == reflect.Pointer && value.IsNil()
}

func denyDial(context.Context, string, string) (net.Conn, error) {
	return nil, fmt.Errorf("denied: the host allows this program no connections: %w", syscall.EACCES)
}

// reserve takes a place for a file that the guest opens. It reports false if none is left.
func (n *network) reserve() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.places >= n.most {
		return false
	}
	n.places++
	return true
}

// release returns a place that reserve took.
func (n *network) release() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.places--
}

// attach registers s, for poll by its descriptor, and for close.
func (n *network) attach(s *socket, fd int32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fds[fd] = s
	n.sockets[s] = struct{}{}
}

// forget removes s from the sockets of poll. The guest has closed it, so fd may soon be another file.
func (n *network) forget(s *socket, fd int32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fds[fd] == s {
		delete(n.fds, fd)
	}
}

// detach removes s from the sockets that close ends. s has neither a connection nor a dial any more.
func (n *network) detach(s *socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.sockets, s)
}

// lookup returns the socket with the guest's descriptor fd, or nil.
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

// close ends all connections after the guest has ended, and waits for them. It still sends what the
// guest wrote, for up to lingerTimeout, unless ctx has ended. It then waits up to abandonTimeout for a
// Dial, Read, Write or Close that does not return, and leaves it behind.
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
