//go:build !wasm

package kafkaio

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/kafkaio/kafkaio/internal/happyeyeballs"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// defaultBridge is none: a native program has TCP.
func defaultBridge() string { return "" }

// tcpDialer keeps connections alive, and sends small writes at once, as net does by default:
// probes start after 15 s.
var tcpDialer net.Dialer

// dialWebSocket opens the connection of a WebSocket to the bridge.
var dialWebSocket tunnel.DialTCP = tcpDialer.DialContext

// lookup and dialTCP are net's, but for tests.
var (
	lookup  = net.DefaultResolver.LookupNetIP
	dialTCP = tcpDialer.DialContext
)

// dialDirect looks up the name and connects to one of its addresses.
func (d *Dialer) dialDirect(ctx context.Context, network, host string, port uint16) (net.Conn, error) {
	addrs, err := d.resolve(ctx, network, host)
	if err != nil {
		return nil, &stepError{"resolve", err}
	}
	ctx, cancel := withStepTimeout(ctx, d.stepTimeout())
	defer cancel()
	var all []netip.AddrPort
	for _, a := range addrs {
		all = append(all, netip.AddrPortFrom(a, port))
	}
	c, err := happyeyeballs.Dial(ctx, all, func(ctx context.Context, a netip.AddrPort) (net.Conn, error) {
		return dialTCP(ctx, "tcp", a.String())
	})
	if err != nil {
		return nil, &stepError{"connect", err}
	}
	return c, nil
}

// resolve returns the addresses of host that are of the wanted IP version.
func (d *Dialer) resolve(ctx context.Context, network, host string) ([]netip.Addr, error) {
	addrs, err := d.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("%s has no address", host)
	}
	version := d.wantedVersion(network)
	addrs = slices.DeleteFunc(addrs, func(a netip.Addr) bool {
		return version == IPv4 && !a.Is4() || version == IPv6 && a.Is4()
	})
	if len(addrs) == 0 {
		return nil, wrongIPVersion(fmt.Errorf("%s has no IPv%d address", host, version))
	}
	return addrs, nil
}

// addresses returns those of host, IPv4 in its own form.
func (d *Dialer) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	ctx, cancel := withStepTimeout(ctx, d.resolveTimeout())
	defer cancel()
	addrs, err := abandonable(ctx, func() ([]netip.Addr, error) {
		return lookup(ctx, "ip", host)
	}, func([]netip.Addr) {})
	for i, a := range addrs {
		addrs[i] = a.Unmap()
	}
	return addrs, err
}
