// Package happyeyeballs connects to one of several addresses, as RFC 8305 says: the attempts
// overlap, so that an address which never answers doesn't use up the time of the others. Overlap
// does the same for attempts of any kind.
package happyeyeballs

import (
	"context"
	"errors"
	"net"
	"net/netip"
)

// Dial calls dial for the addresses, IPv6 and IPv4 in turn, IPv6 first, as Overlap does. The first
// connection wins; the others are closed. When all fail, or ctx ends, the error is a net.Error that
// names the reason of each attempt, in their order, and unwraps to all.
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

// interleave puts IPv6 and IPv4 in turn, each in the order in which they came (RFC 8305 section 4).
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
