package wasmhost

import (
	"net"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
)

// packets is what a socket for datagrams has. The socket's mu guards all but conn. An error ends nothing: the guest is told
// of it once, and what comes after it is another datagram.
type packets struct {
	conn                    net.PacketConn
	connected               bool // datagrams have no address
	in, out                 packetQueue
	readFailed, writeFailed []byte // records of which the guest hasn't been told
}

func (d *packets) readable() bool { return !d.in.empty() || d.readFailed != nil }
func (d *packets) writable() bool { return !d.out.full() || d.writeFailed != nil }

// exchange moves datagrams until the guest closes the socket. err is why there is no d.
func (s *socket) exchange(d *packets, outcome record, err error) {
	if err != nil {
		s.fail(err)
	} else if s.settle(outcome, open, func() { s.packets, s.closer = d, d.conn }) {
		s.pump(s.receivePackets, s.sendPackets)
		return
	}
	if d != nil {
		d.conn.Close()
	}
}

// readPacket is Read of a socket for datagrams. Call with mu held.
func (s *socket) readPacket(p []byte) (int, experimentalsys.Errno) {
	d := s.packets
	switch {
	case !d.in.empty():
		s.changed.Broadcast()
		return d.in.pop().encode(p, d.connected), 0
	case d.readFailed != nil:
		s.changed.Broadcast()
		s.readFailure, d.readFailed = d.readFailed, nil
		return 0, experimentalsys.EIO
	}
	return 0, experimentalsys.EAGAIN
}

// writePacket is Write of a socket for datagrams. Call with mu held.
func (s *socket) writePacket(p []byte) (int, experimentalsys.Errno) {
	d := s.packets
	switch {
	case d.writeFailed != nil:
		s.writeFailure, d.writeFailed = d.writeFailed, nil
		return 0, experimentalsys.EIO
	case d.out.full():
		return 0, experimentalsys.EAGAIN
	}
	datagram, err := parsePacket(p, d.connected)
	if err != nil {
		s.writeFailure = failure(err).encode()
		return 0, experimentalsys.EIO
	}
	d.out.push(datagram)
	s.changed.Broadcast()
	return len(p), 0
}

// receivePackets moves datagrams from the host to the guest. While the guest has too many to read, or an error, they wait
// in the system, which drops those that it has no room for.
func (s *socket) receivePackets() {
	d, space := s.packets, make([]byte, maxPacket)
	for s.awaitSpace() {
		n, from, err := d.conn.ReadFrom(space)
		s.mu.Lock()
		if !d.readable() {
			s.network.notify()
		}
		if err != nil {
			d.readFailed = failure(err).encode()
		} else {
			d.in.push(packet{from, append([]byte(nil), space[:n]...)})
		}
		s.mu.Unlock()
	}
}

// awaitSpace waits until the guest can take another datagram. It reports false if the socket is closed.
func (s *socket) awaitSpace() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for (s.packets.in.full() || s.packets.readFailed != nil) && !s.closed {
		s.changed.Wait()
	}
	return !s.closed
}

// sendPackets moves datagrams from the guest to the host. It returns after the socket is closed, once all are sent.
func (s *socket) sendPackets() {
	d := s.packets
	for {
		datagram, ok := s.awaitPacket()
		if !ok {
			return
		}
		_, err := d.conn.WriteTo(datagram.payload, datagram.addr)
		if err != nil {
			s.mu.Lock()
			d.writeFailed = failure(err).encode()
			s.network.notify()
			s.mu.Unlock()
		}
	}
}

// awaitPacket waits for a datagram to send. It reports false if the socket is closed and none is left.
func (s *socket) awaitPacket() (packet, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.packets.out.empty() {
		if s.closed {
			return packet{}, false
		}
		s.changed.Wait()
	}
	if !s.packets.writable() {
		s.network.notify()
	}
	return s.packets.out.pop(), true
}
