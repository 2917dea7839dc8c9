package wasmhost

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// listenPacketFunc has the shape of net.ListenConfig.ListenPacket.
type listenPacketFunc func(ctx context.Context, network, addr string) (net.PacketConn, error)

func denyListenPacket(context.Context, string, string) (net.PacketConn, error) {
	return nil, fmt.Errorf("denied: the host doesn't let this program receive datagrams: %w", syscall.EACCES)
}

// dialPackets opens a connected socket for datagrams.
func (n *network) dialPackets(ctx context.Context, network, addr string) (*packets, record, error) {
	conn, err := n.dialConn(ctx, network, addr)
	if conn == nil {
		return nil, record{}, err
	}
	return &packets{conn: connectedPackets{conn}, connected: true}, connected(conn), err
}

// listenPackets opens a socket for datagrams from and to all addresses.
func (n *network) listenPackets(ctx context.Context, network, addr string) (*packets, record, error) {
	conn, err := n.packets(ctx, network, addr)
	conn, err = given(conn, err, "the host gave neither a socket for datagrams nor an error")
	if conn == nil {
		return nil, record{}, err
	}
	return &packets{conn: conn}, listensAt(conn.LocalAddr()), err
}

// connectedPackets is a connection of datagrams as a net.PacketConn, with one peer, whose address isn't told.
type connectedPackets struct{ net.Conn }

func (c connectedPackets) ReadFrom(p []byte) (int, net.Addr, error) {
	n, err := c.Read(p)
	return n, nil, err
}

func (c connectedPackets) WriteTo(p []byte, _ net.Addr) (int, error) { return c.Write(p) }

// encode writes a datagram to p as the guest reads it: with a line for its address, unless the socket is connected. It cuts
// what p has no room for.
func (d packet) encode(p []byte, connected bool) int {
	if connected {
		return copy(p, d.payload)
	}
	addr := ""
	if !isNil(d.addr) {
		addr = line(d.addr.String())
	}
	n := copy(p, addr+"\n")
	return n + copy(p[n:], d.payload)
}

// parsePacket copies a datagram that the guest writes.
func parsePacket(p []byte, connected bool) (packet, error) {
	var addr net.Addr
	if len(p) <= maxText+maxPacket && !connected {
		text, payload, _ := bytes.Cut(p, []byte("\n"))
		to, err := netip.ParseAddrPort(string(text))
		if err != nil {
			return packet{}, fmt.Errorf("a datagram's address: an IP address and a port were expected: %w", syscall.EINVAL)
		}
		addr, p = net.UDPAddrFromAddrPort(to), payload
	}
	if len(p) > maxPacket {
		return packet{}, fmt.Errorf("a datagram has at most %d bytes: %w", maxPacket, syscall.EMSGSIZE)
	}
	return packet{addr, bytes.Clone(p)}, nil
}
