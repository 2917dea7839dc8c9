package guest

import (
	"bytes"
	"context"
	"net"
	"os"
	"syscall"
)

// maxAddrLine is the longest line of an address before a datagram, in bytes; see wasmhost's ABI.md.
const maxAddrLine = 1024 + 1

// ListenPacket has the host receive datagrams at addr, "host:port", for the program. network is "udp", "udp4" or "udp6".
// WriteTo takes a *net.UDPAddr, or any other address whose text is an IP address and a port. The host may refuse to send
// somewhere, and tells why an earlier datagram wasn't sent by the error of a later WriteTo. The errors are as those of [Dial].
//
// A datagram has at most 65,507 bytes by IPv4. While 192 KiB of them wait for the program, the system keeps others as
// far as it has room, and then drops them.
func ListenPacket(ctx context.Context, network, addr string) (net.PacketConn, error) {
	c, err := listenPacket(ctx, network, addr)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: parseAddr(network, addr), Err: err}
	}
	return c, nil
}

func listenPacket(ctx context.Context, network, addr string) (*packetConn, error) {
	if !isUDP(network) {
		return nil, net.UnknownNetworkError(network)
	}
	file, _, status, err := ask(ctx, "listen "+network, addr)
	if err != nil {
		return nil, err
	}
	return newPacketConn(file, status, false)
}

// packetConn is a socket file of datagrams: each read and each write of the file is one. Without a peer, a line with the
// address is before it. Package os would take an empty datagram for the end of a file, so it only waits here.
type packetConn struct {
	endpoint
	raw       syscall.RawConn
	connected bool
	in, out   []byte // a datagram with its address; raw lets one use each at a time
}

func newPacketConn(file *os.File, status record, connected bool) (*packetConn, error) {
	raw, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, err
	}
	c := &packetConn{endpoint: newEndpoint(file, status), raw: raw, connected: connected}
	if !connected {
		c.remote = nil
	}
	return c, nil
}

func (c *packetConn) Read(p []byte) (int, error) {
	n, _, err := c.ReadFrom(p)
	return n, err
}

func (c *packetConn) ReadFrom(p []byte) (n int, from net.Addr, err error) {
	if len(p) == 0 {
		return 0, nil, nil
	}
	waitErr := c.raw.Read(func(fd uintptr) (done bool) {
		if c.connected {
			from = c.remote
			n, err = syscall.Read(int(fd), p)
		} else {
			n, from, err = c.readFrom(int(fd), p)
		}
		return err != syscall.EAGAIN
	})
	if waitErr != nil {
		err = waitError(waitErr)
	}
	if err != nil {
		return 0, nil, c.opError("read", readFailureOffset, err)
	}
	return n, from, nil
}

func (c *packetConn) readFrom(fd int, p []byte) (int, net.Addr, error) {
	if size := maxAddrLine + len(p); len(c.in) < size {
		c.in = make([]byte, size)
	}
	n, err := syscall.Read(fd, c.in)
	if err != nil {
		return 0, nil, err
	}
	from, payload, _ := bytes.Cut(c.in[:n], []byte("\n"))
	return copy(p, payload), parseAddr(c.local.Network(), string(from)), nil
}

func (c *packetConn) Write(p []byte) (int, error) {
	if !c.connected {
		return 0, c.wrap("write", syscall.EDESTADDRREQ)
	}
	return c.send(p, nil)
}

func (c *packetConn) WriteTo(p []byte, to net.Addr) (int, error) {
	if c.connected {
		return 0, c.wrap("write", net.ErrWriteToConnected)
	}
	if to == nil {
		return 0, c.wrap("write", syscall.EDESTADDRREQ)
	}
	return c.send(p, to)
}

func (c *packetConn) send(p []byte, to net.Addr) (int, error) {
	var err error
	waitErr := c.raw.Write(func(fd uintptr) (done bool) {
		message := p
		if to != nil {
			c.out = append(append(append(c.out[:0], to.String()...), '\n'), p...)
			message = c.out
		}
		_, err = syscall.Write(int(fd), message)
		return err != syscall.EAGAIN
	})
	if waitErr != nil {
		err = waitError(waitErr)
	}
	if err != nil {
		return 0, c.opError("write", writeFailureOffset, err)
	}
	return len(p), nil
}
