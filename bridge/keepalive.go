package bridge

import (
	"context"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// pingEvery is how often a session is pinged, and how long a sign of life may take. Proxies drop
// a WebSocket on which nothing moves, nginx after 60 s (its proxy_read_timeout).
const pingEvery = 20 * time.Second

// keepAlive pings a session until ctx ends. It ends one that shows no life, and one that has had
// no stream since the ping before. A session that is being written to is not asked for a pong,
// which may be queued behind what is written: there the limit on a stalled write holds.
func keepAlive(ctx context.Context, s *tunnel.Session, socket *tunnel.WebSocket) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	wasIdle := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		idle := s.Streams() == 0
		switch {
		case idle && wasIdle:
			s.Abort(&tunnel.CloseError{Code: tunnel.CodeIdle, Reason: "idle: the session has no stream"})
		case !s.Writing() && !socket.Ping(ctx, pingEvery) && !s.Writing():
			s.Abort(&tunnel.CloseError{Code: tunnel.CodeAbnormal, Reason: "no sign of life since the last ping"})
		}
		wasIdle = idle
	}
}
