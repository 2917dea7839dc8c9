package tunnel

import "sync"

const (
	// writeData is how many bytes one message carries of what is written to a stream: a quarter of
	// the bridge's window, so that the next is on its way while one is delivered.
	writeData = receiveWindow / 4

	smallBuffer  = 4 << 10
	mediumBuffer = headerSize + writeData
)

// A buffer is pooled storage for one message, or for a part of a stream.
type buffer struct {
	data []byte
	r, w int // data[r:w] is what it holds
	pool *sync.Pool
}

var (
	smallBuffers  = newBufferPool(smallBuffer)
	mediumBuffers = newBufferPool(mediumBuffer)
	largeBuffers  = newBufferPool(MaxMessage + 1) // the end of a full message is seen with room left
)

func newBufferPool(size int) *sync.Pool {
	p := &sync.Pool{}
	p.New = func() any { return &buffer{data: make([]byte, size), pool: p} }
	return p
}

// newBuffer returns an empty buffer with room for size bytes, which must not exceed MaxMessage.
func newBuffer(size int) *buffer {
	pool := largeBuffers
	switch {
	case size <= smallBuffer:
		pool = smallBuffers
	case size <= mediumBuffer:
		pool = mediumBuffers
	}
	b := pool.Get().(*buffer)
	b.r, b.w = 0, 0
	return b
}

func (b *buffer) size() int     { return b.w - b.r }
func (b *buffer) free()         { b.pool.Put(b) }
func (b *buffer) bytes() []byte { return b.data[b.r:b.w] }
func (b *buffer) room() []byte  { return b.data[b.w:] }

// read moves bytes into p, as many as there are or as there is room for.
func (b *buffer) read(p []byte) int {
	n := copy(p, b.bytes())
	b.r += n
	return n
}
