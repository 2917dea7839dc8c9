package bridge

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/kafkaio/kafkaio/internal/happyeyeballs"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// limits are a client's wishes for a connection.
type limits struct {
	version          int // 4, 6, or 0 for either
	resolve, connect time.Duration
}

// maxStep is the most time for name lookup, and for connecting, whatever the client allows.
const maxStep = time.Minute

// bounded returns a client's limit, or maxStep where it has none or a longer one.
func bounded(timeout time.Duration) time.Duration {
	if timeout == 0 {
		return maxStep
	}
	return min(timeout, maxStep)
}

// A dialer looks up brokers, checks their addresses, connects, and authenticates where the bridge holds
// credentials.
type dialer struct {
	dialOne    dialFunc
	lookup     func(ctx context.Context, network, host string) ([]netip.Addr, error)
	configured []target
	// connectTo says where advertised addresses really are.
	connectTo   map[target]target
	credentials credentials
}

func newDialer(dial dialFunc, configured []target, connectTo map[target]target, held credentials) *dialer {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return &dialer{
		dialOne: dial, lookup: net.DefaultResolver.LookupNetIP,
		configured: configured, connectTo: connectTo, credentials: held,
	}
}

// dial looks up the host, checks each address, and dials those that pass. TLS and SASL count as
// connecting. Nothing is looked up or dialled for a user of whom the bridge has no credentials.
func (d *dialer) dial(ctx context.Context, to target, l limits, who identity) (*connection, *tunnel.CloseError) {
	at, isElsewhere := d.connectTo[to]
	if !isElsewhere {
		at = to
	}
	session, first, refusal := d.credentials.session(ctx, to, who)
	if refusal != nil {
		return nil, refusal
	}
	addrs, refusal := d.addresses(ctx, at, l, isElsewhere)
	if refusal != nil {
		return nil, refusal
	}
	ctx, cancel := context.WithTimeout(ctx, l.connect)
	defer cancel()
	c, err := happyeyeballs.Dial(ctx, addrs, func(ctx context.Context, a netip.AddrPort) (net.Conn, error) {
		c, err := d.dialOne(ctx, "tcp", a.String())
		if c != nil && err == nil && c.RemoteAddr() == nil {
			c = addressedConn{c, net.TCPAddrFromAddrPort(a)}
		}
		return c, err
	})
	if err != nil {
		return nil, dialRefusal(at.String(), "connect to "+at.String(), err)
	}
	return d.credentials.hold(ctx, c, to, session, first)
}

// An addressedConn is a connection of Config.Dial that doesn't know its remote address.
type addressedConn struct {
	net.Conn
	remote net.Addr // the address that was dialled
}

func (c addressedConn) RemoteAddr() net.Addr { return c.remote }

// addresses returns a target's permitted addresses. The operator may have chosen the target itself: then
// all are.
func (d *dialer) addresses(ctx context.Context, to target, l limits, isChosen bool) ([]netip.AddrPort, *tunnel.CloseError) {
	ctx, cancel := context.WithTimeout(ctx, l.resolve)
	defer cancel()
	found, err := d.resolve(ctx, to.host)
	if err != nil {
		return nil, dialRefusal(to.String(), "look up "+to.host, err)
	}
	addrs := ofVersion(found, l.version)
	if len(addrs) == 0 {
		return nil, &tunnel.CloseError{Code: tunnel.CodeIPVersion, Reason: fmt.Sprintf("version: %s has no IPv%d address", to.host, l.version)}
	}
	if !isChosen {
		var refusal *tunnel.CloseError
		if addrs, refusal = d.permitted(ctx, to, addrs); refusal != nil {
			return nil, refusal
		}
	}
	var all []netip.AddrPort
	for _, a := range addrs {
		all = append(all, netip.AddrPortFrom(a, to.port))
	}
	return all, nil
}

// resolve returns a host's addresses, at least one, IPv4 not mapped to IPv6. It doesn't wait for a
// resolver that ignores ctx.
func (d *dialer) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	found, _, errs := happyeyeballs.Overlap(ctx, 1, func(ctx context.Context, _ int) ([]netip.Addr, error) {
		return d.lookup(ctx, "ip", host)
	}, func([]netip.Addr) {})
	if err := errs[0]; err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	var addrs []netip.Addr
	for _, a := range found {
		addrs = append(addrs, a.Unmap())
	}
	return addrs, nil
}

func ofVersion(addrs []netip.Addr, version int) []netip.Addr {
	return slices.DeleteFunc(addrs, func(a netip.Addr) bool {
		return version == 4 && !a.Is4() || version == 6 && a.Is4()
	})
}
