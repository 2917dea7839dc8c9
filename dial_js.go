package kafkaio

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall/js"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// defaultBridge is the one that serves the page: its own origin, with the path /kafka. Node has no
// location, and the origin of some documents and workers is "null".
func defaultBridge() (string, error) {
	if location := js.Global().Get("location"); location.Truthy() {
		if rest, ok := strings.CutPrefix(location.Get("origin").String(), "http"); ok {
			return "ws" + rest + "/kafka", nil
		}
	}
	return "", errors.New("set Dialer.Bridge: this program has no page origin whose bridge it could use")
}

// dialWebSocket is unused: the browser opens the connection of a WebSocket itself.
var dialWebSocket tunnel.DialTCP

func dialHost(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("a page has no sockets: set Dialer.Bridge")
}

// silence is how long nothing may come from the bridge while an OPEN waits. A page sends no pings: the
// answer to the OPEN may be all that there is to come, which takes until limit (0: none).
func (d *Dialer) silence(limit time.Duration) time.Duration { return limit }
