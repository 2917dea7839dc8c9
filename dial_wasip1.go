package kafkaio

import (
	"context"
	"errors"
	"net"
	"syscall"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

// defaultBridge returns no bridge: the guest has its host's sockets.
func defaultBridge() string { return "" }

// dialTCP makes a connection through the host.
var dialTCP = guest.Dial

// dialDirect makes a connection through the host. The host also looks up the name, so the two steps
// are one here, with the sum of their timeouts.
func (d *Dialer) dialDirect(ctx context.Context, p plan) (net.Conn, error) {
	if resolve, connect := d.resolveTimeout(), d.stepTimeout(); resolve != NoTimeout && connect != NoTimeout {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, resolve+connect)
		defer cancel()
	}
	c, err := p.connecting(func() (net.Conn, error) { return dialTCP(ctx, d.networkOf(p.network), p.target) })
	if version := d.wantedVersion(p.network); version != Any && errors.Is(err, syscall.EAFNOSUPPORT) {
		return nil, &codedError{err, ErrIncompatibleIPVersion}
	}
	return c, err
}
