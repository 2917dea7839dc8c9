package kafkaio

import (
	"context"
	"net"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

// defaultBridge is none: the host that runs the guest gives it sockets.
func defaultBridge() (string, error) { return "", nil }

// dialWebSocket opens the connection of a WebSocket to the bridge.
func dialWebSocket(ctx context.Context, network, addr string) (net.Conn, error) {
	return guest.Dial(ctx, network, addr)
}

func dialHost(ctx context.Context, network, addr string) (net.Conn, error) {
	return guest.Dial(ctx, network, addr)
}
