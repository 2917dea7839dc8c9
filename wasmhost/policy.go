package wasmhost

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// AllowList returns a [Config].Dial that connects to these addresses, each "host:port" for TCP or "udp:host:port" for UDP,
// and refuses all others with an error that wraps fs.ErrPermission. The guest has to name a host as the list does, but for the case of its letters: a
// name stands for whatever addresses it has when it is dialled, and an address for no name. AllowList fails if one of
// addrs is neither.
func AllowList(addrs ...string) (func(ctx context.Context, network, addr string) (net.Conn, error), error) {
	allowed := make(map[string]bool)
	for _, addr := range addrs {
		network, addr := splitEntry(addr)
		normal, err := normalAddr(addr)
		if err != nil {
			return nil, fmt.Errorf("wasmhost: %w", err)
		}
		allowed[entry(network, normal)] = true
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		normal, err := normalAddr(addr)
		if err != nil {
			return nil, err
		}
		if e := entry(network, normal); !allowed[e] {
			return nil, fmt.Errorf("denied: the host allows this program no connection to %s: %w", e, fs.ErrPermission)
		}
		return new(net.Dialer).DialContext(ctx, network, normal)
	}, nil
}

const udpPrefix = "udp:"

// splitEntry splits an entry of a list into its network, tcp or udp, and the address.
func splitEntry(text string) (network, addr string) {
	if addr, ok := strings.CutPrefix(text, udpPrefix); ok && strings.Contains(addr, ":") { // without, it is a host's name
		return "udp", addr
	}
	return "tcp", text
}

// entry is the entry of a list that allows an address.
func entry(network, addr string) string {
	if isUDP(network) {
		return udpPrefix + addr
	}
	return addr
}

// normalAddr returns the form of an address in which equal ones are the same text.
func normalAddr(addr string) (string, error) {
	host, port, err := hostport.Parse(addr, 0)
	if err != nil {
		return "", err
	}
	if port == 0 {
		return "", fmt.Errorf("address %s: its port is missing; host:port was expected, such as broker.example:9092", hostport.Quote(addr))
	}
	return net.JoinHostPort(hostport.Normal(host), strconv.Itoa(int(port))), nil
}

// Bridge returns a [Config].Dial that connects through the bridge at url, ws:// or wss://, which decides where to. All
// connections share one WebSocket.
func Bridge(url string) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return (&kafkaio.Dialer{Bridge: url}).DialContext
}
