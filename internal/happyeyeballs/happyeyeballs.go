// Package happyeyeballs connects to one of several addresses in the way of RFC 8305. The attempts
// overlap, so an address that never answers leaves the others their time. Overlap does the same for
// attempts of any kind.
package happyeyeballs

import (
	"context"
	"errors"
	"net"
	"net/netip"
)

// Dial calls dial for the addresses, by Overlap, and returns the first connection. It closes the
// others. The order is IPv6 and IPv4 in turn, IPv6 first. If all attempts fail, or ctx ends, the error
// is a net.Error that lists the error of each attempt, and unwraps to all.
func Dial(ctx context.Context, addrs []netip.AddrPort, dial func(context.Context, netip.AddrPort) (net.Conn, error)) (net.Conn, error) {
	if len(addrs) == 0 {
		return nil, errors.New("no address to connect to")
	}
	addrs = interleave(addrs)
	c, winner, errs := Overlap(ctx, len(addrs), func(ctx context.Context, i int) (net.Conn, error) {
		c, err := dial(ctx, addrs[i])
		if c == nil && err == nil {
			err = errNoConn
		}
		return c, err
	}, func(c net.Conn) { c.Close() })
	if winner >= 0 {
		return c, nil
	}
	for i, err := range errs {
		errs[i] = &attemptError{addrs[i], err}
	}
	return nil, attemptErrors(errs)
}

var errNoConn = errors.New("the dial function returned neither a connection nor an error")

// interleave returns the addresses with IPv6 and IPv4 in turn (RFC 8305 section 4). Each kind keeps its
// order.
func interleave(addrs []netip.AddrPort) []netip.AddrPort {
	var v6, v4 []netip.AddrPort
	for _, a := range addrs {
		if a.Addr().Unmap().Is4() {
			v4 = append(v4, a)
		} else {
			v6 = append(v6, a)
		}
	}
	var all []netip.AddrPort
	for len(v6) > 0 || len(v4) > 0 {
		if len(v6) > 0 {
			all, v6 = append(all, v6[0]), v6[1:]
		}
		if len(v4) > 0 {
			all, v4 = append(all, v4[0]), v4[1:]
		}
	}
	return all
}
