package tunnel

import (
	"math/bits"
	"sync"
)

const (
	// frameRoom is the size of the largest WebSocket frame header: 2 bytes, 8 of length, 4 of masking
	// key (RFC 6455 section 5.2).
	frameRoom = 2 + 8 + 4

	// Pooled buffers have a power of two of bytes, from smallBuffer to largeBuffer. A full message
	// with its header needs the next class.
	smallBuffer = 4 << 10
	largeBuffer = 256 << 10
	fullBuffer  = largeBuffer + smallBuffer

	// smallData, writeData and largeData are the bytes of a stream that a message carries in a buffer
	// of 4, 64 and 256 KiB. A quarter of the bridge's window is on its way while one is delivered.
	smallData = smallBuffer - frameRoom - headerSize
	writeData = receiveWindow/4 - frameRoom - headerSize
	largeData = largeBuffer - frameRoom - headerSize
)

// A buffer is storage for one message, or for a part of a stream.
type buffer struct {
	data   []byte
	r, w   int // data[r:w] is what it holds
	pool   *sync.Pool
	opcode opcode // of the frame that carries it; 0: a binary message
	isData bool   // it is a DATA message that is sent
	framed bool   // data[r:w] is the rest of a frame that is partly written
}

// bufferPools has a pool for each power of two, and one for full messages.
var bufferPools = func() (pools [8]*sync.Pool) {
	for i := range pools {
		size := min(smallBuffer<<i, fullBuffer)
		p := &sync.Pool{}
		p.New = func() any { return &buffer{data: make([]byte, size), pool: p} }
		pools[i] = p
	}
	return pools
}()

// newBuffer returns an empty buffer with room for size bytes, which must not exceed fullBuffer.
func newBuffer(size int) *buffer {
	class := bits.Len(uint(max(size, 1)-1) / smallBuffer)
	b := bufferPools[class].Get().(*buffer)
	b.r, b.w, b.isData, b.framed = 0, 0, false, false
	return b
}

// bufferFor returns how many bytes the buffer of newBuffer(size) holds.
func bufferFor(size int) int {
	return min(smallBuffer<<bits.Len(uint(max(size, 1)-1)/smallBuffer), fullBuffer)
}

// newDataMessage returns a DATA message with room for size bytes of the stream, and none in it.
func newDataMessage(stream uint32, size int) *buffer {
	b := newBuffer(frameRoom + headerSize + size)
	b.isData = true
	b.r = frameRoom
	b.w = frameRoom + len(appendHeader(b.data[frameRoom:frameRoom], typeData, stream))
	return b
}

// dataMessageSize returns what the buffer of newDataMessage(_, size) holds.
func dataMessageSize(size int) int { return bufferFor(frameRoom + headerSize + size) }

// newMessage returns a buffer of exactly the message's size, which belongs to no pool.
func newMessage(message []byte) *buffer {
	b := &buffer{data: make([]byte, frameRoom+len(message)), r: frameRoom}
	b.w = b.r + copy(b.data[b.r:], message)
	return b
}

func (b *buffer) size() int     { return b.w - b.r }
func (b *buffer) bytes() []byte { return b.data[b.r:b.w] }
func (b *buffer) room() []byte  { return b.data[b.w:] }

// held returns what b costs in bytes: its storage, and for small ones the buffer struct and its place
// in a queue.
func (b *buffer) held() int {
	if b.pool == nil {
		return len(b.data) + bufferOverhead
	}
	return len(b.data)
}

// bufferOverhead is the size of a buffer without its storage, rounded up with that.
const bufferOverhead = 128

func (b *buffer) free() {
	if b.pool != nil {
		b.pool.Put(b)
	}
}

// read moves bytes into p, as many as there are or as there is room for.
func (b *buffer) read(p []byte) int {
	n := copy(p, b.bytes())
	b.r += n
	return n
}

// append appends p, for which there must be room.
func (b *buffer) append(p []byte) { b.w += copy(b.room(), p) }

// fitted moves b's bytes to the smallest buffer that holds them, and frees b if that is another.
func (b *buffer) fitted() *buffer {
	if bufferFor(b.size()) == len(b.data) {
		return b
	}
	return b.movedTo(b.size())
}

// movedTo returns a buffer with room for size bytes that holds what b does, and frees b.
func (b *buffer) movedTo(size int) *buffer {
	m := newBuffer(size)
	m.append(b.bytes())
	b.free()
	return m
}
