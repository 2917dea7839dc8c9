package wasmhost

import (
	"fmt"
	"io/fs"
	"net"
	"sync"
)

// maxPeers bounds the addresses that an answering socket remembers.
const maxPeers = 1024

// answering is a net.PacketConn that sends to who has sent to it.
type answering struct {
	net.PacketConn

	mu    sync.Mutex
	peers map[string]bool
	order [maxPeers]string // a ring of all peers, in the order in which they came
	next  int              // in order: where the next one replaces the oldest
}

func (a *answering) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := a.PacketConn.ReadFrom(p)
	if err == nil {
		a.remember(from.String())
	}
	return n, from, err
}

func (a *answering) WriteTo(p []byte, to net.Addr) (int, error) {
	if !a.knows(to.String()) {
		return 0, fmt.Errorf("denied: the host lets this socket answer only, and nothing came from %s: %w", to, fs.ErrPermission)
	}
	return a.PacketConn.WriteTo(p, to)
}

func (a *answering) knows(peer string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.peers[peer]
}

func (a *answering) remember(peer string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.peers[peer] {
		return
	}
	delete(a.peers, a.order[a.next])
	a.peers[peer], a.order[a.next] = true, peer
	a.next = (a.next + 1) % maxPeers
}
