package hostile

import (
	"net"
	"sync/atomic"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// A Bridge confirms every upgrade and then does with the WebSocket what its test says.
type Bridge struct {
	URL      string
	Upgrades atomic.Int64 // how many WebSockets it had
}

// NewBridge runs serve for each WebSocket, and closes that when serve returns, or the test ends.
func NewBridge(t testing.TB, serve func(*Conn)) *Bridge {
	t.Helper()
	b := new(Bridge)
	b.URL = "ws://" + testnet.Serve(t, func(c net.Conn) {
		if ws, err := Accept(c); err == nil {
			b.Upgrades.Add(1)
			serve(ws)
		}
	}) + "/kafka"
	return b
}
