package wasmhost

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"sync"
)

// AllowListenPacket returns a [Config].ListenPacket that opens sockets at these addresses, each "host:port" as the guest
// names it, and refuses all others with an error that wraps fs.ErrPermission. Port 0 is any free one. A socket answers: it
// sends to addresses from which a datagram has come, of which it remembers 1,024, and to no others.
func AllowListenPacket(addrs ...string) (func(ctx context.Context, network, addr string) (net.PacketConn, error), error) {
	for _, addr := range addrs {
		if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
			return nil, fmt.Errorf("wasmhost: address %q: host:port was expected, such as 127.0.0.1:53", addr)
		}
	}
	return func(ctx context.Context, network, addr string) (net.PacketConn, error) {
		if !slices.Contains(addrs, addr) {
			return nil, fmt.Errorf("denied: the host doesn't let this program receive datagrams at %s: %w", addr, fs.ErrPermission)
		}
		conn, err := new(net.ListenConfig).ListenPacket(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &answering{PacketConn: conn, peers: make(map[string]bool)}, nil
	}, nil
}

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
