// Package happyeyeballs connects to one of several addresses, as RFC 8305 says: the attempts
// overlap, so that an address which never answers doesn't use up the time of the others.
package happyeyeballs

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// attemptDelay is the "Connection Attempt Delay" of RFC 8305 section 5.
const attemptDelay = 250 * time.Millisecond

// Dial calls dial for the addresses, IPv6 and IPv4 in turn, IPv6 first. The next attempt starts
// 250 ms after the last one, or sooner where ctx's deadline leaves less for each address, or at
// once when one has failed. The first connection wins; the other attempts are cancelled, and their
// connections closed. When all fail, or ctx ends, the error is a net.Error that names the reason
// of each attempt, in their order, and unwraps to all.
func Dial(ctx context.Context, addrs []netip.AddrPort, dial func(context.Context, netip.AddrPort) (net.Conn, error)) (net.Conn, error) {
	if len(addrs) == 0 {
		return nil, errors.New("no address to connect to")
	}
	addrs = interleave(addrs)
	delay := attemptDelay
	if at, ok := ctx.Deadline(); ok {
		delay = min(delay, max(time.Until(at), 0)/time.Duration(len(addrs)+1))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	type attempt struct {
		index int
		conn  net.Conn
		err   error
	}
	results := make(chan attempt)
	started, failed := 0, 0
	errs := make(attemptErrors, len(addrs))
	start := func() {
		i := started
		started++
		go func() {
			c, err := dial(ctx, addrs[i])
			select {
			case results <- attempt{i, c, err}:
			case <-ctx.Done():
				// Somebody else won, or nobody wants it any more.
				if c != nil {
					c.Close()
				}
			}
		}()
	}
	next := time.NewTimer(delay)
	defer next.Stop()
	start()
	for {
		var more <-chan time.Time
		if started < len(addrs) {
			more = next.C
		}
		select {
		case r := <-results:
			if r.err == nil {
				return r.conn, nil
			}
			errs[r.index] = &attemptError{addrs[r.index], r.err}
			if failed++; failed == len(addrs) {
				return nil, errs
			}
			if started < len(addrs) {
				start()
				next.Reset(delay)
			}
		case <-more:
			start()
			next.Reset(delay)
		case <-ctx.Done():
			for i := range started {
				if errs[i] == nil {
					errs[i] = &attemptError{addrs[i], context.Cause(ctx)}
				}
			}
			return nil, errs[:started]
		}
	}
}

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
