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

// defaultBridge is the one that serves the page: its own origin, with the path /kafka.
func defaultBridge() string {
	origin := js.Global().Get("location").Get("origin").String()
	return "ws" + strings.TrimPrefix(origin, "http") + "/kafka"
}

// dialWebSocket is unused: the browser opens the connection of a WebSocket itself.
var dialWebSocket tunnel.DialTCP

func dialHost(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("a page has no sockets: set Dialer.Bridge")
}

// silence is how long nothing may come from the bridge while an OPEN waits. A page sends no pings: the
// answer to the OPEN may be all that there is to come, which takes until limit (0: none).
func (d *Dialer) silence(limit time.Duration) time.Duration { return limit }
