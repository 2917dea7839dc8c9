package wasmhost

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"strconv"
)

// AllowListen returns a [Config].Listen and a [Config].ListenPacket that listen at these addresses, each "host:port" for
// TCP or "udp:host:port" for UDP, and refuse all others with an error that wraps fs.ErrPermission. The guest has to give
// an address as the list does. Port 0 is any free one.
//
// A socket of UDP answers: it sends to addresses from which a datagram has come, of which it remembers 1,024, and to no
// others.
func AllowListen(addrs ...string) (
	listen func(ctx context.Context, network, addr string) (net.Listener, error),
	listenPacket func(ctx context.Context, network, addr string) (net.PacketConn, error),
	err error,
) {
	for _, text := range addrs {
		_, addr := splitEntry(text)
		_, port, err := net.SplitHostPort(addr)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("wasmhost: address %q: host:port or udp:host:port was expected, such as 127.0.0.1:8080", text)
		}
	}
	check := func(network, addr string) error {
		for _, text := range addrs {
			if allowed, at := splitEntry(text); isUDP(allowed) == isUDP(network) && at == addr {
				return nil
			}
		}
		return fmt.Errorf("denied: the host doesn't let this program listen at %s: %w", entry(network, addr), fs.ErrPermission)
	}
	listen = func(ctx context.Context, network, addr string) (net.Listener, error) {
		if err := check(network, addr); err != nil {
			return nil, err
		}
		return new(net.ListenConfig).Listen(ctx, network, addr)
	}
	listenPacket = func(ctx context.Context, network, addr string) (net.PacketConn, error) {
		if err := check(network, addr); err != nil {
			return nil, err
		}
		conn, err := new(net.ListenConfig).ListenPacket(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &answering{PacketConn: conn, peers: make(map[string]bool)}, nil
	}
	return listen, listenPacket, nil
}
