package wasmhost

const (
	// minBuffer is what a ring starts with: a Kafka request without records is smaller.
	minBuffer = 4 << 10
	// maxBuffer bounds the bytes that the host holds for one connection in one
	// direction. It is also what a guest can write ahead of a peer that does not drain,
	// beside the kernel's own buffers.
	maxBuffer = 256 << 10
)

// ring is a byte queue of at most maxBuffer bytes that grows as it fills. It has one
// producer (space, commit) and one consumer (peek, consume), each call under one lock. What
// space and peek return may be used without the lock until the same side's next call.
type ring struct {
	buf    []byte
	start  int // where the oldest byte is
	length int // bytes held
}

// full reports whether the ring holds maxBuffer bytes.
func (r *ring) full() bool { return r.length == maxBuffer }

// space returns free bytes to fill, none if the ring is full.
func (r *ring) space() []byte {
	switch {
	case r.length == len(r.buf) && len(r.buf) < maxBuffer:
		r.grow()
	case r.length == 0:
		r.start = 0 // the longest run of free bytes; the consumer holds none of them
	}
	end := r.start + r.length
	if end >= len(r.buf) {
		end -= len(r.buf)
		return r.buf[end:r.start]
	}
	return r.buf[end:]
}

// commit appends the first n bytes of what space returned.
func (r *ring) commit(n int) { r.length += n }

// peek returns the oldest bytes, as far as they lie together.
func (r *ring) peek() []byte {
	return r.buf[r.start:min(r.start+r.length, len(r.buf))]
}

// consume drops the n oldest bytes.
func (r *ring) consume(n int) {
	r.length -= n
	r.start += n
	if r.start >= len(r.buf) {
		r.start -= len(r.buf)
	}
}

// write appends what fits of p and returns how much that is.
func (r *ring) write(p []byte) int {
	n := 0
	for n < len(p) && !r.full() {
		c := copy(r.space(), p[n:])
		r.commit(c)
		n += c
	}
	return n
}

// read moves the oldest bytes into p and returns how many.
func (r *ring) read(p []byte) int {
	n := 0
	for n < len(p) && r.length > 0 {
		c := copy(p[n:], r.peek())
		r.consume(c)
		n += c
	}
	return n
}

// grow doubles the ring. The old array stays as it was, so that a consumer may go on
// using what peek gave it.
func (r *ring) grow() {
	buf := make([]byte, max(minBuffer, 2*len(r.buf)))
	n := copy(buf, r.buf[r.start:])
	copy(buf[n:], r.buf[:r.start])
	r.buf, r.start = buf, 0
}
