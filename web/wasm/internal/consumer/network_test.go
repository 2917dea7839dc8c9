//go:build !js

package consumer_test

import (
	"context"
	"errors"
	"net"
	"sync"
)

// A network is the way to the brokers, which can be cut.
type network struct {
	mu    sync.Mutex
	via   map[string]string // another address instead; empty: none
	conns map[string][]net.Conn
}

var errCut = errors.New("the way is cut")

func (n *network) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	to, ok := n.via[addr]
	if !ok {
		to = addr
	}
	if to == "" {
		return nil, errCut
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err == nil {
		n.conns[addr] = append(n.conns[addr], conn)
	}
	return conn, err
}

// lead breaks the connections to an address, and has new ones lead elsewhere; empty: nowhere.
func (n *network) lead(addr, to string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.via[addr] = to
	for _, conn := range n.conns[addr] {
		conn.Close()
	}
	n.conns[addr] = nil
}
