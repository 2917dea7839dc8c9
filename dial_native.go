//go:build !wasm

package kafkaio

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/kafkaio/kafkaio/internal/happyeyeballs"
)

// defaultBridge returns no bridge: a native program has TCP.
func defaultBridge() string { return "" }

// tcpDialer has package net's defaults: keep-alive probes after 15 s without traffic, and small writes
// sent at once (TCP_NODELAY).
var tcpDialer net.Dialer

// lookup and dialTCP are package net's; tests replace them.
var (
	lookup  = net.DefaultResolver.LookupNetIP
	dialTCP = tcpDialer.DialContext
)

// dialDirect looks up the name and connects to one of its addresses.
func (d *Dialer) dialDirect(ctx context.Context, p plan) (net.Conn, error) {
	addrs, err := d.resolve(ctx, p)
	if err != nil {
		return nil, &stepError{"resolve", err}
	}
	ctx, cancel := withStepTimeout(ctx, d.stepTimeout())
	defer cancel()
	var all []netip.AddrPort
	for _, a := range addrs {
		all = append(all, netip.AddrPortFrom(a, p.port))
	}
	c, err := p.connecting(func() (net.Conn, error) {
		return happyeyeballs.Dial(ctx, all, func(ctx context.Context, a netip.AddrPort) (net.Conn, error) {
			return dialTCP(ctx, "tcp", a.String())
		})
	})
	if err != nil {
		return nil, &stepError{"connect", err}
	}
	return c, nil
}

// resolve returns the host's addresses of the wanted IP version.
func (d *Dialer) resolve(ctx context.Context, p plan) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(p.host); err == nil {
		return d.ofVersion(p, []netip.Addr{a.Unmap()})
	}
	started := time.Now()
	found, err := d.lookUp(ctx, p.host)
	var addrs []netip.Addr
	if err == nil {
		addrs, err = d.ofVersion(p, found)
	}
	if p.trace != nil && p.trace.Resolved != nil {
		p.trace.Resolved(p.host, found, time.Since(started), err)
	}
	return addrs, err
}

// ofVersion returns the addresses of the wanted IP version.
func (d *Dialer) ofVersion(p plan, found []netip.Addr) (addrs []netip.Addr, err error) {
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no address", p.host)
	}
	version := d.wantedVersion(p.network)
	for _, a := range found {
		if version == Any || a.Is4() == (version == IPv4) {
			addrs = append(addrs, a)
		}
	}
	if len(addrs) == 0 {
		return nil, &codedError{fmt.Errorf("%s has no IPv%d address", p.host, version), ErrIncompatibleIPVersion}
	}
	return addrs, nil
}

// lookUp returns a name's addresses, IPv4 ones in their 4-byte form.
func (d *Dialer) lookUp(ctx context.Context, host string) ([]netip.Addr, error) {
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
