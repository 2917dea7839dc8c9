package wasmhost

const (
	// minBuffer is the size of a ring's first buffer, in bytes. Most Kafka requests without records
	// fit.
	minBuffer = 4 << 10
	// maxBuffer bounds the bytes that the host holds for a connection in one direction. So it also
	// bounds how far a guest can write ahead of a peer that doesn't read, beside the kernel's buffers.
	maxBuffer = 256 << 10
)

// ring is a queue of at most maxBuffer bytes, which grows as it fills. It has one producer (space,
// commit) and one consumer (peek, consume), whose calls are under one lock. The slices that space and
// peek return may be used without the lock, until the same side's next call.
type ring struct {
	buf    []byte
	start  int // index of the oldest byte
	length int // bytes held
}

// full reports whether the ring holds maxBuffer bytes.
func (r *ring) full() bool { return r.length == maxBuffer }

// space returns free bytes to fill. It returns none if the ring is full.
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

// peek returns the oldest bytes, up to the end of buf.
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

// write appends as much of p as fits, and returns how many bytes that was.
func (r *ring) write(p []byte) int {
	n := 0
	for n < len(p) && !r.full() {
		c := copy(r.space(), p[n:])
		r.commit(c)
		n += c
	}
	return n
}

// read moves the oldest bytes into p, and returns how many.
func (r *ring) read(p []byte) int {
	n := 0
	for n < len(p) && r.length > 0 {
		c := copy(p[n:], r.peek())
		r.consume(c)
		n += c
	}
	return n
}

// grow doubles the ring. It leaves the old array as it is, because the consumer may still use a slice
// of it from peek.
func (r *ring) grow() {
	buf := make([]byte, max(minBuffer, 2*len(r.buf)))
	n := copy(buf, r.buf[r.start:])
	copy(buf[n:], r.buf[:r.start])
	r.buf, r.start = buf, 0
}
