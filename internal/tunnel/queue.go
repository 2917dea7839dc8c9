package tunnel

// A byteQueue holds received bytes of a stream until somebody reads them.
//
// It appends a message to the previous buffer if that has room, and else moves it to a buffer of its
// size. So a window that comes in messages of one byte costs about its size, not many times that.
type byteQueue struct {
	buffers fifo
	size    int // bytes
	held    int // what the buffers cost
}

// push takes b.
func (q *byteQueue) push(b *buffer) {
	if last := q.buffers.last(); last != nil && len(last.room()) >= b.size() {
		last.append(b.bytes())
		q.size += b.size()
		b.free()
		return
	}
	q.pushAsItIs(b.fitted())
}

// pushAsItIs takes b in its own buffer, however large that is.
func (q *byteQueue) pushAsItIs(b *buffer) {
	if b.size() == 0 {
		b.free()
		return
	}
	q.size += b.size()
	q.held += b.held()
	q.buffers.push(b)
}

// read moves bytes into p, as many as there are or as there is room for.
func (q *byteQueue) read(p []byte) (n int) {
	for !q.buffers.empty() && n < len(p) {
		b := q.buffers.first()
		n += b.read(p[n:])
		if b.size() == 0 {
			q.pop().free()
		}
	}
	q.size -= n
	return n
}

// take removes the first buffer and returns it, or nil.
func (q *byteQueue) take() *buffer {
	b := q.pop()
	if b != nil {
		q.size -= b.size()
	}
	return b
}

func (q *byteQueue) pop() *buffer {
	b := q.buffers.pop()
	if b != nil {
		q.held -= b.held()
	}
	return b
}

func (q *byteQueue) clear() {
	for b := q.pop(); b != nil; b = q.pop() {
		b.free()
	}
	*q = byteQueue{}
}
