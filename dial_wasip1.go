package kafkaio

import (
	"context"
	"errors"
	"net"
	"syscall"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

// defaultBridge is none: the host that runs the guest gives it sockets.
func defaultBridge() string { return "" }

// dialTCP asks the host for a connection.
var dialTCP = guest.Dial

// dialDirect asks the host for a connection. The host looks up the name as well, so the two steps share
// the sum of their timeouts.
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
