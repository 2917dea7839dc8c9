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
)

// IPVersion restricts the addresses that a Dialer connects to.
type IPVersion int

const (
	Any  IPVersion = 0
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
	// or the like on it.
	Secure func(ctx context.Context, c net.Conn, host string) (net.Conn, error)
	// NetDial, if set, connects instead of the Dialer, to an address whose name was not looked
	// up: for proxies, and for tests. It goes with no Bridge.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Bridge is the ws:// or wss:// URL of a bridge to go through. Empty means plain TCP natively,
	// the host's sockets in a WASI guest, and in a page the bridge at /kafka of its own origin.
	Bridge string
	// Token, if set, returns the token that the bridge is sent. It is called once per WebSocket.
	Token func(ctx context.Context) (string, error)
	// MaxFrame bounds a frame on the Conn that Dial returns, in bytes. 0 means DefaultMaxFrame.
	MaxFrame int

	tunnels tunnelPool
}

var defaultDialer Dialer

// Dial connects to the broker at addr with the zero Dialer.
func Dial(ctx context.Context, addr string) (*Conn, error) { return defaultDialer.Dial(ctx, addr) }

// Dial connects to the broker at addr, "host:port" or "host" for port 9092. Through a bridge an
// empty addr means any of its bootstrap brokers. It fails with an *Error whose code is
// ErrMismatchArgument, ErrCannotBind or ErrIncompatibleIPVersion.
func (d *Dialer) Dial(ctx context.Context, addr string) (*Conn, error) {
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return core.NewConn(c, core.Options{
		Addr:     addr,
		Timeout:  orElse(d.IOTimeout, d.stepTimeout()),
		MaxFrame: d.MaxFrame,
	}), nil
}

// DialContext connects to the broker at addr and returns a plain net.Conn: no timeout of ours
// applies to it, and its errors are those of package net. The network is "tcp", "tcp4" or
// "tcp6". It has the shape that Kafka clients take a dialer in, and fails as Dial does, with a
// *net.OpError of Op "dial" as the cause.
func (d *Dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	start := time.Now()
	c, err := d.dial(ctx, network, addr)
	if err == nil {
		return c, nil
	}
	var typed *Error
	if !errors.As(err, &typed) {
		typed = &Error{Code: ErrCannotBind, Err: err}
		var code Code
		if errors.As(err, &code) {
			typed.Code = code
		}
	}
	typed.Op, typed.Addr, typed.Elapsed = "dial", addr, time.Since(start)
	return nil, typed
}

func (d *Dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if err := d.check(network); err != nil {
		return nil, mismatch(err)
	}
	bridge := d.Bridge
	if bridge == "" && d.NetDial == nil {
		bridge = defaultBridge()
	}
	var target, host string
	var port uint16
	if addr != "" || bridge == "" {
		var err error
		if host, port, err = hostport.Parse(addr, DefaultPort); err != nil {
			return nil, mismatch(err)
		}
		target = net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	if err := ctx.Err(); err != nil {
		return nil, opError(network, target, "", err)
	}
	var c net.Conn
	var err error
	switch {
	case bridge != "":
		c, err = d.dialBridge(ctx, bridge, network, target)
	case d.NetDial != nil:
		c, err = d.dialHook(ctx, network, target)
	default:
		c, err = d.dialDirect(ctx, network, host, port)
	}
	if err != nil || d.Secure == nil {
		return c, err
	}
	return d.secure(ctx, c, network, target, host)
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

func mismatch(err error) error { return &Error{Code: ErrMismatchArgument, Err: err} }

// dialHook connects by NetDial. A hook that ignores ctx doesn't hold up the caller; what it
// returns late is closed.
func (d *Dialer) dialHook(ctx context.Context, network, target string) (net.Conn, error) {
	ctx, cancel := withStepTimeout(ctx, d.stepTimeout())
	defer cancel()
	c, err := abandonable(ctx, func() (net.Conn, error) {
		return d.NetDial(ctx, d.networkOf(network), target)
	}, closeConn)
	if err != nil {
		return nil, opError(network, target, "", err)
	}
	return c, nil
}

func (d *Dialer) secure(ctx context.Context, c net.Conn, network, target, host string) (net.Conn, error) {
	ctx, cancel := withStepTimeout(ctx, d.stepTimeout())
	defer cancel()
	// A handshake that ignores ctx ends when its connection does.
	stop := context.AfterFunc(ctx, func() { c.Close() })
	secured, err := d.Secure(ctx, c, host)
	if !stop() && err == nil {
		secured.Close()
		err = ctx.Err()
	}
	if err != nil {
		c.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, opError(network, target, "secure", err)
	}
	return secured, nil
}

// abandonable calls f and returns when f does or ctx ends; in that case what f returns later is
// given to discard.
func abandonable[T any](ctx context.Context, f func() (T, error), discard func(T)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result)
	go func() {
		value, err := f()
		select {
		case done <- result{value, err}:
		case <-ctx.Done():
			if err == nil {
				discard(value)
			}
		}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func closeConn(c net.Conn) { c.Close() }

// opError gives a failed step the shape that net.Dialer's errors have, and by which Kafka clients
// tell a failed dial from a connection that broke.
func opError(network, target, step string, err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" && step == "" {
		return err
	}
	if step != "" {
		err = &stepError{step, err}
	}
	return &net.OpError{Op: "dial", Net: network, Addr: addrOf(target), Err: err}
}

// A stepError says which step of dialling failed.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// Timeout lets net.OpError, which asks its cause, answer for net.Error.
func (e *stepError) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.err, &t) && t.Timeout()
}

// targetAddr is the address of a broker that is known by name.
type targetAddr string

func addrOf(target string) net.Addr {
	if target == "" {
		return nil
	}
	return targetAddr(target)
}

func (targetAddr) Network() string  { return "tcp" }
func (a targetAddr) String() string { return string(a) }

func (d *Dialer) stepTimeout() time.Duration    { return orElse(d.Timeout, DefaultTimeout) }
func (d *Dialer) resolveTimeout() time.Duration { return orElse(d.ResolveTimeout, d.stepTimeout()) }

func orElse(timeout, otherwise time.Duration) time.Duration {
	if timeout == 0 {
		return otherwise
	}
	return timeout
}

func withStepTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout == NoTimeout {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout)
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
