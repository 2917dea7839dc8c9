package kafkaio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/hostport"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// DefaultTimeout bounds a step of dialling, a send and a receive.
	DefaultTimeout = core.DefaultTimeout
	// NoTimeout lets a step take as long as it takes.
	NoTimeout = core.NoTimeout
	// DefaultMaxFrame is the largest frame, in bytes: Kafka's socket.request.max.bytes.
	DefaultMaxFrame = core.DefaultMaxFrame
	// DefaultPort is a broker's when an address names none.
	DefaultPort = 9092
)

// Conn is a connection to a broker.
type Conn = core.Conn

// A Pipeline keeps many requests in flight on one connection.
type Pipeline = core.Pipeline

// PipelineOptions are a Pipeline's.
type PipelineOptions = core.PipelineOptions

// NewPipeline returns a Pipeline over c, which it owns from now on.
func NewPipeline(c *Conn, o PipelineOptions) *Pipeline { return core.NewPipeline(c, o) }

// IPVersion restricts the addresses that a Dialer connects to.
type IPVersion int

const (
	Any  IPVersion = 0 // whatever the name has
	IPv4 IPVersion = 4
	IPv6 IPVersion = 6
)

// A Dialer opens connections to brokers. Its zero value is ready to use. It may be used by
// several goroutines, and is not to be changed or copied after its first use.
type Dialer struct {
	// Timeout bounds each step of dialling: looking up the name, connecting, Secure. Through a
	// bridge, reaching the bridge is one more. 0 means DefaultTimeout; NoTimeout is possible.
	Timeout time.Duration
	// ResolveTimeout bounds the lookup of the name. 0 means Timeout; NoTimeout lets it take as
	// long as it takes.
	ResolveTimeout time.Duration
	// IOTimeout bounds one send and one receive on the Conn that Dial returns. 0 means Timeout.
	IOTimeout time.Duration
	// IPVersion restricts addresses. A network of "tcp4" or "tcp6" must agree with it.
	IPVersion IPVersion
	// Secure, if set, is given each new connection, and the host that was asked for, to put TLS
	// or the like on it. The host is empty where the bridge chose the broker. ctx is for the
	// handshake only.
	Secure func(ctx context.Context, c net.Conn, host string) (net.Conn, error)
	// NetDial, if set, connects instead of the Dialer, to a "host:port" whose name was not looked
	// up: for proxies, and for tests. It goes with no Bridge. ctx is for connecting only.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Bridge is the ws:// or wss:// URL of a bridge to go through. Connections share one WebSocket, which
	// stays for 5 s after the last of them. Empty means plain TCP natively,
	// the host's sockets in a WASI guest, and in a page the bridge at /kafka of its own origin.
	Bridge string
	// BridgeDial, if set, makes the TCP connection to the bridge, or to the proxy that the environment
	// names for it (HTTPS_PROXY, HTTP_PROXY). Not in a page, whose browser makes it.
	BridgeDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// BridgeSecure, if set, puts TLS on the connection to a wss:// bridge, as brokertls.New does: for a
	// private authority, or a client certificate. It can't be used through a proxy, nor in a page.
	// Without it a native program trusts the system's authorities.
	BridgeSecure func(ctx context.Context, c net.Conn, host string) (net.Conn, error)
	// Token, if set, returns the token that the bridge is sent. It is called once per WebSocket.
	Token func(ctx context.Context) (string, error)
	// MaxFrame bounds a frame on the Conn that Dial returns, in bytes. 0 means DefaultMaxFrame.
	MaxFrame int
	// Trace, if set, is told what happens to each connection, in dialling and afterwards. Except in
	// a page, the environment can ask for a log as well: KAFKAIO_DEBUG=1 logs what happens to
	// standard error, KAFKAIO_DEBUG=2 with the bytes of frames, "IO:2" the same for this layer only.
	// Where it isn't set, Kafka::IO's PERL_KAFKA_DEBUG is read.
	Trace *Trace

	tunnels tunnel.Pool
}

var defaultDialer Dialer

// Dial connects to the broker at addr with the zero Dialer.
func Dial(ctx context.Context, addr string) (*Conn, error) { return defaultDialer.Dial(ctx, addr) }

// Dial connects to the broker at addr, "host:port" or "host" for port 9092. Through a bridge an
// empty addr means any of its bootstrap brokers. It fails with an *Error whose code is
// ErrMismatchArgument, ErrCannotBind or ErrIncompatibleIPVersion.
func (d *Dialer) Dial(ctx context.Context, addr string) (*Conn, error) {
	t := d.traceOf(addr)
	c, err := d.dialTraced(ctx, "tcp", addr, t)
	if err != nil {
		return nil, err
	}
	if addr == "" {
		addr = c.RemoteAddr().String()
	}
	return core.NewConn(c, core.Options{
		Addr:       addr,
		RemoteAddr: c.RemoteAddr(),
		Timeout:    orElse(d.IOTimeout, d.stepTimeout()),
		MaxFrame:   d.MaxFrame,
		Trace:      t,
		SendBuffer: sendBuffer(c),
	}), nil
}

// DialContext connects to the broker at addr and returns a plain net.Conn: no timeout of ours
// applies to it, and its errors are those of package net. The network is "tcp", "tcp4" or
// "tcp6". It has the shape that Kafka clients take a dialer in, and fails as Dial does, with a
// *net.OpError of Op "dial" as the cause. Where it is traced, the net.Conn has no methods but those
// of that interface.
func (d *Dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	t := d.traceOf(addr)
	c, err := d.dialTraced(ctx, network, addr, t)
	if err != nil {
		return nil, err
	}
	return traceConn(c, t), nil
}

// dialTraced tells t of the steps of dialling.
func (d *Dialer) dialTraced(ctx context.Context, network, addr string, t *Trace) (net.Conn, error) {
	start := time.Now()
	p, err := d.plan(network, addr)
	p.trace = t
	if err == nil {
		var c net.Conn
		if c, err = d.dial(ctx, p); err == nil {
			return c, nil
		}
	}
	return nil, dialError(ctx, p, time.Since(start), err)
}

// A plan is what a dial was asked for, once it was found to make sense.
type plan struct {
	network string
	target  string // "host:port", or empty for any bootstrap broker of the bridge
	host    string
	port    uint16
	bridge  string // URL; empty: none
	trace   *Trace
}

func (d *Dialer) plan(network, addr string) (plan, error) {
	p := plan{network: network, target: addr, bridge: d.Bridge}
	if err := d.check(network); err != nil {
		return p, mismatch(err)
	}
	if p.bridge == "" && d.NetDial == nil {
		p.bridge = defaultBridge()
	}
	if addr == "" && p.bridge != "" {
		return p, nil
	}
	var err error
	if p.host, p.port, err = hostport.Parse(addr, DefaultPort); err != nil {
		return p, mismatch(err)
	}
	p.target = net.JoinHostPort(p.host, strconv.Itoa(int(p.port)))
	return p, nil
}

func (d *Dialer) dial(ctx context.Context, p plan) (c net.Conn, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case p.bridge != "":
		c, err = p.connecting(func() (net.Conn, error) { return d.dialBridge(ctx, p.bridge, p.network, p.target) })
	case d.NetDial != nil:
		c, err = p.connecting(func() (net.Conn, error) { return d.dialHook(ctx, p.network, p.target) })
	default:
		c, err = d.dialDirect(ctx, p)
	}
	if err != nil || d.Secure == nil {
		return c, err
	}
	return d.secure(ctx, c, p)
}

// check finds what makes no sense before anything is dialled.
func (d *Dialer) check(network string) error {
	for _, t := range []struct {
		name  string
		value time.Duration
	}{{"Timeout", d.Timeout}, {"ResolveTimeout", d.ResolveTimeout}, {"IOTimeout", d.IOTimeout}} {
		if t.value < 0 && t.value != NoTimeout {
			return fmt.Errorf("%s %v: a positive duration, 0 for the default or NoTimeout was expected", t.name, t.value)
		}
	}
	if d.MaxFrame < 0 {
		return fmt.Errorf("MaxFrame %d: a number of bytes, or 0 for the default, was expected", d.MaxFrame)
	}
	if v := d.IPVersion; v != Any && v != IPv4 && v != IPv6 {
		return fmt.Errorf("IPVersion %d: Any, IPv4 or IPv6 was expected", v)
	}
	if d.NetDial != nil && d.Bridge != "" {
		return errors.New("NetDial and Bridge are both set: a bridge dials by itself")
	}
	switch network {
	case "tcp":
		return nil
	case "tcp4", "tcp6":
		if v := versionOf(network); d.IPVersion != Any && d.IPVersion != v {
			return fmt.Errorf("network %q contradicts IPVersion %d", network, d.IPVersion)
		}
		return nil
	}
	return fmt.Errorf("network %q: tcp, tcp4 or tcp6 was expected", network)
}

// dialHook connects by NetDial.
func (d *Dialer) dialHook(ctx context.Context, network, target string) (net.Conn, error) {
	c, err := d.step(ctx, func(ctx context.Context) (net.Conn, error) {
		return d.NetDial(ctx, d.networkOf(network), target)
	})
	if err != nil {
		return nil, &stepError{"NetDial", err}
	}
	return c, nil
}

// secure puts Secure on c, and closes c where that fails, which also ends a handshake that
// doesn't heed its context.
func (d *Dialer) secure(ctx context.Context, c net.Conn, p plan) (net.Conn, error) {
	started := time.Now()
	secured, err := d.step(ctx, func(ctx context.Context) (net.Conn, error) {
		return d.handshaken(ctx, c, p.host)
	})
	if p.trace != nil && p.trace.Secured != nil {
		p.trace.Secured(time.Since(started), err)
	}
	if err != nil {
		c.Close()
		return nil, &stepError{"secure", err}
	}
	return secured, nil
}

// handshaken has the handshake of a *tls.Conn done here, where a Secure has left it to the first
// Write: nothing bounds it there but the deadline of that.
func (d *Dialer) handshaken(ctx context.Context, c net.Conn, host string) (net.Conn, error) {
	secured, err := d.Secure(ctx, c, host)
	if lazy, ok := secured.(interface{ HandshakeContext(context.Context) error }); ok && err == nil {
		err = lazy.HandshakeContext(ctx)
	}
	return secured, err
}

// step runs a hook within Timeout. One that ignores its context doesn't hold up the caller; the
// connection that it returns late is closed.
func (d *Dialer) step(ctx context.Context, hook func(context.Context) (net.Conn, error)) (net.Conn, error) {
	ctx, cancel := withStepTimeout(ctx, d.stepTimeout())
	defer cancel()
	c, err := abandonable(ctx, func() (net.Conn, error) { return hook(ctx) }, closeConn)
	if err == nil && c == nil {
		err = errors.New("it returned no connection")
	}
	return c, err
}

func closeConn(c net.Conn) {
	if c != nil {
		c.Close()
	}
}

// wantedVersion is the version that the Dialer and the network of a call leave.
func (d *Dialer) wantedVersion(network string) IPVersion {
	if d.IPVersion != Any {
		return d.IPVersion
	}
	return versionOf(network)
}

func versionOf(network string) IPVersion {
	switch network {
	case "tcp4":
		return IPv4
	case "tcp6":
		return IPv6
	}
	return Any
}

// networkOf is the network that the Dialer and the network of a call leave.
func (d *Dialer) networkOf(network string) string {
	if v := d.wantedVersion(network); v != Any {
		return "tcp" + strconv.Itoa(int(v))
	}
	return "tcp"
}

// socketBuffer is what any socket's buffer has room for, in bytes, when it is empty: Linux gives one
// 16 KiB to begin with (net.ipv4.tcp_wmem), others give more, and TLS adds to what is sent.
const socketBuffer = 4 << 10

// sendBuffer returns how many bytes c takes without waiting; see core.Options.
func sendBuffer(c net.Conn) int {
	if secured, ok := c.(interface{ NetConn() net.Conn }); ok { // *tls.Conn
		c = secured.NetConn()
	}
	if _, ok := c.(*net.TCPConn); ok {
		return socketBuffer
	}
	return 0
}
