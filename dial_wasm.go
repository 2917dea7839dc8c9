package kafkaio

import (
	"context"
	"errors"
	"net"
	"syscall"
)

// dialDirect asks the host for a connection: a wasm program has no network of its own. The host
// looks up the name as well, so the two steps share the sum of their timeouts.
func (d *Dialer) dialDirect(ctx context.Context, p plan) (net.Conn, error) {
	if resolve, connect := d.resolveTimeout(), d.stepTimeout(); resolve != NoTimeout && connect != NoTimeout {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, resolve+connect)
		defer cancel()
	}
	c, err := p.connecting(func() (net.Conn, error) { return dialHost(ctx, d.networkOf(p.network), p.target) })
	if version := d.wantedVersion(p.network); version != Any && errors.Is(err, syscall.EAFNOSUPPORT) {
		return nil, wrongIPVersion(err)
	}
	return c, err
}
