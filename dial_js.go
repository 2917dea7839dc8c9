package kafkaio

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall/js"
)

// defaultBridge returns the URL of the bridge at /kafka of the page's origin. It returns "" in Node,
// which has no location, and in documents and workers whose origin is "null".
func defaultBridge() string {
	if location := js.Global().Get("location"); location.Truthy() {
		if rest, ok := strings.CutPrefix(location.Get("origin").String(), "http"); ok {
			return "ws" + rest + "/kafka"
		}
	}
	return ""
}

// dialTCP is nil: the browser connects a WebSocket by itself.
var dialTCP func(ctx context.Context, network, addr string) (net.Conn, error)

// dialDirect fails: a page has no sockets.
func (d *Dialer) dialDirect(context.Context, plan) (net.Conn, error) {
	return nil, mismatch(errors.New("set Dialer.Bridge: this program has no page origin whose bridge it could use"))
}
