package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"github.com/kafkaio/kafkaio/internal/happyeyeballs"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// limits are a client's wishes for a connection.
type limits struct {
	version          int           // 4, 6, or 0 for either
	resolve, connect time.Duration // 0: none of the client's, so maxStep
}

// maxStep bounds name lookup and connecting, each, whatever the client allows.
const maxStep = time.Minute

// A dialer connects to brokers at addresses that it has looked at.
type dialer struct {
	dialOne    dialFunc
	lookup     func(ctx context.Context, network, host string) ([]netip.Addr, error)
	configured []string // hosts of the configured brokers
}

func newDialer(dial dialFunc, configured []string) *dialer {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return &dialer{dialOne: dial, lookup: net.DefaultResolver.LookupNetIP, configured: configured}
}

// dial looks up host, checks each address, and dials those that pass.
func (d *dialer) dial(ctx context.Context, host string, port uint16, l limits) (net.Conn, *tunnel.CloseError) {
	name := joinTarget(host, port)
	addrs, err := d.resolve(ctx, host, l.resolve)
	if err != nil {
		return nil, dialRefusal(name, "look up "+host, err)
	}
	addrs = ofVersion(addrs, l.version)
	if len(addrs) == 0 {
		return nil, &tunnel.CloseError{Code: tunnel.CodeIPVersion, Reason: fmt.Sprintf("version: %s has no IPv%d address", host, l.version)}
	}
	var allowed []netip.AddrPort
	for _, a := range addrs {
		if !isSpecial(a) || d.brokerIsAt(ctx, a) {
			allowed = append(allowed, netip.AddrPortFrom(a, port))
		}
	}
	if len(allowed) == 0 {
		return nil, denied("%s is at %v, and no configured broker is at such an address", name, addrs[0])
	}
	ctx, cancel := context.WithTimeout(ctx, bounded(l.connect))
	defer cancel()
	c, err := happyeyeballs.Dial(ctx, allowed, func(ctx context.Context, a netip.AddrPort) (net.Conn, error) {
		return d.dialOne(ctx, "tcp", a.String())
	})
	if err != nil {
		return nil, dialRefusal(name, "connect to "+name, err)
	}
	return c, nil
}

func (d *dialer) resolve(ctx context.Context, host string, timeout time.Duration) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, bounded(timeout))
	defer cancel()
	addrs, err := d.lookup(ctx, "ip", host)
	for i, a := range addrs {
		addrs[i] = a.Unmap()
	}
	return addrs, err
}

func bounded(timeout time.Duration) time.Duration {
	if timeout == 0 {
		return maxStep
	}
	return min(timeout, maxStep)
}

// isSpecial reports whether an address could be the bridge's own machine or network segment
// under the name of something else.
func isSpecial(a netip.Addr) bool {
	return a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified()
}

// brokerIsAt reports whether one of the configured brokers has the address itself.
func (d *dialer) brokerIsAt(ctx context.Context, a netip.Addr) bool {
	for _, host := range d.configured {
		addrs, err := d.resolve(ctx, host, 0)
		if err == nil && slices.Contains(addrs, a) {
			return true
		}
	}
	return false
}

func ofVersion(addrs []netip.Addr, version int) []netip.Addr {
	return slices.DeleteFunc(addrs, func(a netip.Addr) bool {
		return version == 4 && !a.Is4() || version == 6 && a.Is4()
	})
}

// dialRefusal puts a failed dial into a code, and a reason that starts with a word for programs.
func dialRefusal(name, step string, err error) *tunnel.CloseError {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: tunnel.ReasonNoSuchName + ": the bridge finds no address of " + name}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &tunnel.CloseError{Code: tunnel.CodeTimeout, Reason: "timeout: the bridge could not " + step + " in time"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: tunnel.ReasonRefused + ": nothing listens at " + name}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: tunnel.ReasonUnreachable + ": the bridge has no route to " + name}
	}
	return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: fmt.Sprintf("failed: the bridge could not %s: %v", step, err)}
}

// remoteOf is the address of a broker connection, or its target where Config.Dial's has none.
func remoteOf(c net.Conn, target string) net.Addr {
	if a := c.RemoteAddr(); a != nil {
		return a
	}
	return tunnel.NamedAddr(target)
}
