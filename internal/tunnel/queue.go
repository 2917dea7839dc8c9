package tunnel

// A byteQueue holds the bytes that came for a stream and were not read yet.
//
// A message is gathered into the buffer before it where that has room, and small ones always:
// otherwise a peer that sends its window in messages of one byte would make it cost thousands
// of times its size.
type byteQueue struct {
	buffers []*buffer // buffers[head:] hold bytes
	head    int
	size    int
}

// gatherBelow is the size of messages that are always gathered.
const gatherBelow = smallBuffer / 2

func (q *byteQueue) push(b *buffer) {
	n := b.size()
	if n == 0 {
		b.free()
		return
	}
	q.size += n
	tail := q.tail()
	if tail == nil || len(tail.room()) < n {
		if n >= gatherBelow {
			q.buffers = append(q.buffers, b)
			return
		}
		tail = newBuffer(smallBuffer)
		q.buffers = append(q.buffers, tail)
	}
	tail.w += b.read(tail.room())
	b.free()
}

// tail returns the last buffer, or nil.
func (q *byteQueue) tail() *buffer {
	if q.head == len(q.buffers) {
		return nil
	}
	return q.buffers[len(q.buffers)-1]
}

// read moves bytes into p, as many as there are or as there is room for.
func (q *byteQueue) read(p []byte) (n int) {
	for q.head < len(q.buffers) && n < len(p) {
		b := q.buffers[q.head]
		n += b.read(p[n:])
		if b.size() == 0 {
			q.drop()
		}
	}
	q.size -= n
	return n
}

// drop frees the first buffer.
func (q *byteQueue) drop() {
	q.buffers[q.head].free()
	q.buffers[q.head] = nil
	q.head++
	switch {
	case q.head == len(q.buffers):
		q.buffers, q.head = q.buffers[:0], 0
	case q.head > len(q.buffers)/2:
		n := copy(q.buffers, q.buffers[q.head:])
		clear(q.buffers[n:])
		q.buffers, q.head = q.buffers[:n], 0
	}
}

func (q *byteQueue) clear() {
	for q.head < len(q.buffers) {
		q.drop()
	}
	*q = byteQueue{}
}
