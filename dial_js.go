package kafkaio

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall/js"
)

// defaultBridge is the one that serves the page: its own origin, with the path /kafka. Node has no
// location, and the origin of some documents and workers is "null".
func defaultBridge() string {
	if location := js.Global().Get("location"); location.Truthy() {
		if rest, ok := strings.CutPrefix(location.Get("origin").String(), "http"); ok {
			return "ws" + rest + "/kafka"
		}
	}
	return ""
}

// dialTCP is nil: the browser opens the connection of a WebSocket itself.
var dialTCP func(ctx context.Context, network, addr string) (net.Conn, error)

// dialDirect fails: a page has no sockets.
func (d *Dialer) dialDirect(context.Context, plan) (net.Conn, error) {
	return nil, mismatch(errors.New("set Dialer.Bridge: this program has no page origin whose bridge it could use"))
}
