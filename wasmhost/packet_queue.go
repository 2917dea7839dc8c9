package wasmhost

import "net"

const (
	// maxPacket bounds a datagram, in bytes: the length in UDP's header has 16 bits.
	maxPacket = 64<<10 - 1
	// packetCost is what a queue holds of a datagram beside its bytes, at most.
	packetCost = 256
)

// packet is a datagram. addr is the peer's, nil on a connected socket.
type packet struct {
	addr    net.Addr
	payload []byte
}

// packetQueue is a queue of datagrams, which holds at most maxBuffer bytes.
type packetQueue struct {
	packets []packet
	size    int // bytes held
}

// full reports whether the largest datagram wouldn't fit.
func (q *packetQueue) full() bool { return q.size+maxPacket+packetCost > maxBuffer }

func (q *packetQueue) empty() bool { return len(q.packets) == 0 }

// push appends p. The queue must not be full.
func (q *packetQueue) push(p packet) {
	q.packets = append(q.packets, p)
	q.size += len(p.payload) + packetCost
}

// pop removes the oldest datagram. The queue must not be empty.
func (q *packetQueue) pop() packet {
	p := q.packets[0]
	q.packets[0] = packet{} // so that append's array holds it no longer
	q.packets = q.packets[1:]
	q.size -= len(p.payload) + packetCost
	return p
}
