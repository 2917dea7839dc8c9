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
	// DefaultTimeout bounds each step of dialling, each send and each receive, if no timeout is set.
	// It is 1.5 s, the REQUEST_TIMEOUT of Perl's Kafka::IO.
	DefaultTimeout = core.DefaultTimeout
	// NoTimeout as a timeout means no limit.
	NoTimeout = core.NoTimeout
	// DefaultMaxFrame is the size limit of a frame, in bytes, if MaxFrame is 0. It is 100 MiB, the
	// default of Kafka's socket.request.max.bytes.
	DefaultMaxFrame = core.DefaultMaxFrame
	// DefaultPort is the port of an address that has none. It is that of Kafka's default listener.
	DefaultPort = 9092
)

// Conn is a connection to a broker.
type Conn = core.Conn

// Pipeline keeps many requests in flight on one connection.
type Pipeline = core.Pipeline

// PipelineOptions configure a Pipeline.
type PipelineOptions = core.PipelineOptions

// NewPipeline returns a Pipeline over c, and owns c from now on: only the Pipeline may use or close it.
func NewPipeline(c *Conn, o PipelineOptions) *Pipeline { return core.NewPipeline(c, o) }

// IPVersion restricts the addresses that a Dialer connects to.
type IPVersion int

const (
	Any  IPVersion = 0 // IPv4 and IPv6 addresses
	IPv4 IPVersion = 4 // IPv4 addresses only
	IPv6 IPVersion = 6 // IPv6 addresses only
)

// A Dialer opens connections to brokers. The zero value is ready to use. Several goroutines may use a
// Dialer. Don't change or copy it after its first use.
type Dialer struct {
	// Timeout bounds each step of dialling: the lookup of the name, connecting, and Secure. Through
	// a bridge, reaching the bridge is another step. 0 means DefaultTimeout, NoTimeout no limit.
	Timeout time.Duration
	// ResolveTimeout bounds the lookup of the name. 0 means Timeout, NoTimeout no limit.
	ResolveTimeout time.Duration
	// IOTimeout bounds one send and one receive on the Conn from Dial. 0 means Timeout, NoTimeout no
	// limit.
	IOTimeout time.Duration
	// IPVersion restricts the addresses that are tried. 0 means Any. A network of "tcp4" or "tcp6"
	// must agree with it.
	IPVersion IPVersion
	// Secure, if set, secures each new connection; brokertls.New returns such a function for TLS. host
	// is the broker's, without its port. It is empty if the bridge chose the broker. ctx covers the
	// handshake only.
	Secure func(ctx context.Context, c net.Conn, host string) (net.Conn, error)
	// NetDial, if set, makes the connection to the broker, through a proxy, say. addr is "host:port",
	// where host may be a name. ctx covers connecting only. NetDial can't be combined with Bridge.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Bridge is the ws:// or wss:// URL of a bridge that makes the connections to brokers. All of them
	// share one WebSocket, which the Dialer closes 5 s after the last of them.
	//
	// Empty means no bridge in a native program, which uses TCP, and in a WASI guest, which uses its
	// host's sockets. In a page, empty means the bridge at /kafka of the page's origin.
	Bridge string
	// BridgeDial, if set, makes the TCP connection to the bridge. If HTTPS_PROXY or HTTP_PROXY names
	// a proxy for the bridge, it makes that to the proxy. A page can't use it: its browser connects.
	BridgeDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// BridgeSecure, if set, puts TLS on the connection to a wss:// bridge. Set it to the result of
	// brokertls.New for a bridge with a private authority, or one that wants a client certificate.
	// Without it, a native program trusts the system's authorities. It can't be used through a proxy,
	// nor in a page.
	BridgeSecure func(ctx context.Context, c net.Conn, host string) (net.Conn, error)
	// Token, if set, returns the token to send to the bridge, within Timeout. It is called once per
	// WebSocket, and again whenever the bridge asks for a new one, which it does some time before the
	// token expires. So it must not return one that is about to expire, and its tokens must be those of
	// one identity. If it fails, the next dial opens a new WebSocket and calls it again; connections in
	// the old one end when its token has expired. Several goroutines may call it.
	Token func(ctx context.Context) (string, error)
	// MaxFrame is the size limit of a frame on the Conn from Dial, in bytes. 0 means DefaultMaxFrame.
	MaxFrame int
	// Trace, if set, sees what happens to each connection, in dialling and afterwards.
	//
	// The environment can switch on a log to standard error as well, except in a page. KAFKAIO_DEBUG=1
	// logs events, KAFKAIO_DEBUG=2 also the bytes of frames. In a value such as
	// "IO:2,Connection:1", the form of Perl's Kafka::IO, the level is that of IO. If KAFKAIO_DEBUG isn't
	// set, PERL_KAFKA_DEBUG is read.
	Trace *Trace

	tunnels tunnel.Pool
}

var defaultDialer Dialer

// Dial connects to the broker at addr with the zero Dialer.
func Dial(ctx context.Context, addr string) (*Conn, error) { return defaultDialer.Dial(ctx, addr) }

// Dial connects to the broker at addr, which is "host:port", or "host" for port 9092. Through a bridge,
// an empty addr means any of its bootstrap brokers.
//
// It fails with an *[Error] whose code is [ErrMismatchArgument] if addr or a field of d is invalid,
// [ErrIncompatibleIPVersion] if the host has no address of the wanted version, and otherwise
// [ErrCannotBind].
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

// DialContext connects to the broker at addr, as [Dialer.Dial] does, but returns a plain net.Conn.
// Kafka clients accept a dialer of this shape. network is "tcp", "tcp4" or "tcp6".
//
// IOTimeout and MaxFrame don't apply to the net.Conn, and its errors are those of package net. If it
// is traced, it has no methods beyond the interface's. DialContext fails as Dial does; under the
// *[Error] is a *net.OpError of Op "dial".
func (d *Dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	t := d.traceOf(addr)
	c, err := d.dialTraced(ctx, network, addr, t)
	if err != nil {
		return nil, err
	}
	return TraceConn(c, t), nil
}

// dialTraced connects; t sees the steps of it.
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

// A plan is one dial, after its arguments were checked.
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

// check returns an error if a field of d, or network, is invalid.
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

// secure calls Secure for c. If that fails, it closes c, which also ends a handshake that ignores its
// context.
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

// handshaken calls Secure, and then makes the handshake of a *tls.Conn, in case Secure did not. In the
// first Write, the handshake would have no limit but the deadline of that.
func (d *Dialer) handshaken(ctx context.Context, c net.Conn, host string) (net.Conn, error) {
	secured, err := d.Secure(ctx, c, host)
	if lazy, ok := secured.(interface{ HandshakeContext(context.Context) error }); ok && err == nil {
		err = lazy.HandshakeContext(ctx)
	}
	return secured, err
}

// step runs a hook within Timeout, also one that ignores its context: the hook is then left behind,
// and its connection closed once it returns one.
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

// wantedVersion returns the IP version that the Dialer and a call's network allow.
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

// networkOf returns the network that the Dialer and a call's network allow.
func (d *Dialer) networkOf(network string) string {
	if v := d.wantedVersion(network); v != Any {
		return "tcp" + strconv.Itoa(int(v))
	}
	return "tcp"
}

// socketBuffer is a size, in bytes, that any empty socket's send buffer has room for. Linux starts with
// 16 KiB (net.ipv4.tcp_wmem), other systems with more. The margin is for what TLS adds.
const socketBuffer = 4 << 10

// sendBuffer returns how many bytes c accepts without blocking; see core.Options.
func sendBuffer(c net.Conn) int {
	if secured, ok := c.(interface{ NetConn() net.Conn }); ok { // *tls.Conn
		c = secured.NetConn()
	}
	if _, ok := c.(*net.TCPConn); ok {
		return socketBuffer
	}
	return 0
}
