package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// isSpecial reports whether an address is on the bridge's own machine or network segment, which a name
// from elsewhere must not reach.
func isSpecial(a netip.Addr) bool {
	a = a.WithZone("")
	return a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified()
}

// permitted returns the addresses of a target that the bridge may dial, or the refusal. It may dial a
// special address only if a configured broker is there, with the target's port.
func (d *dialer) permitted(ctx context.Context, to target, addrs []netip.Addr) ([]netip.Addr, *tunnel.CloseError) {
	if slices.Contains(d.configured, to) {
		return addrs, nil
	}
	var allowed, special []netip.Addr
	for _, a := range addrs {
		if isSpecial(a) {
			special = append(special, a)
		} else {
			allowed = append(allowed, a)
		}
	}
	if len(special) == 0 {
		return allowed, nil
	}
	exempt, refusal := d.exempt(ctx, to, special)
	allowed = append(allowed, exempt...)
	if len(allowed) > 0 {
		return allowed, nil
	}
	if refusal != nil {
		return nil, refusal
	}
	return nil, notListed(to, special[0])
}

// notListed is the refusal of a special address. The advice comes first: the close reason of a raw
// WebSocket ends after 123 bytes.
func notListed(to target, at netip.Addr) *tunnel.CloseError {
	where := "on its own machine or link"
	if to.host != at.String() {
		where += fmt.Sprintf(" (%s)", at)
	}
	return &tunnel.CloseError{Code: tunnel.CodeDenied, Reason: fmt.Sprintf("%s: configure %s: %s the bridge dials only listed brokers", tunnel.ReasonSpecial, to, where)}
}

// exempt returns the special addresses at which a configured broker is, with the target's port. It looks
// up all configured brokers at once, and stops when nothing is left to find. It returns a refusal if a
// lookup failed, since nobody knows then.
func (d *dialer) exempt(ctx context.Context, to target, special []netip.Addr) (exempt []netip.Addr, refusal *tunnel.CloseError) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		broker target
		addrs  []netip.Addr
		err    error
	}
	var lookups int
	results := make(chan result, len(d.configured))
	for _, b := range d.configured {
		if b.port != to.port {
			continue
		}
		lookups++
		go func() {
			addrs, err := d.resolve(ctx, b.host)
			results <- result{b, addrs, err}
		}()
	}
	for ; lookups > 0 && len(special) > 0; lookups-- {
		r := <-results
		var dns *net.DNSError
		if r.err != nil && !(errors.As(r.err, &dns) && dns.IsNotFound) {
			refusal = dialRefusal(to.String(), "look up the configured broker "+r.broker.String(), r.err)
		}
		special = slices.DeleteFunc(special, func(a netip.Addr) bool {
			found := slices.ContainsFunc(r.addrs, func(b netip.Addr) bool { return samePlace(a, b) })
			if found {
				exempt = append(exempt, a)
			}
			return found
		})
	}
	return exempt, refusal
}

// samePlace reports whether a special address is a configured broker's. All loopback addresses are this
// machine; SECURITY.md says why the same port makes it the same broker.
func samePlace(a, broker netip.Addr) bool {
	return a == broker || a.IsLoopback() && broker.IsLoopback()
}
