package client

import (
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// routes are a producer's ways to brokers, from what franz-go's hook tells of its connections.
type routes struct {
	mu   sync.Mutex
	last error           // of the last connection; nil: it was made
	of   map[int32]error // as last, by the broker's id
}

// OnBrokerConnect notes how a connection ended, and is one of franz-go's hooks.
func (rs *routes) OnBrokerConnect(to kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.of == nil {
		rs.of = make(map[int32]error)
	}
	rs.last, rs.of[to.NodeID] = err, err
}

// whyNot is why the last connection to a broker failed, or if there was none, the last to any; nil: it was made.
func (rs *routes) whyNot(broker int32) (err error, isOf bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if err, isOf = rs.of[broker]; isOf {
		return err, true
	}
	return rs.last, false
}
