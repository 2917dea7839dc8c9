package tunnel

// A fifo is a queue of buffers whose own memory follows its length.
type fifo struct {
	buffers []*buffer // buffers[head:] are in it
	head    int
}

// fifoKept is the capacity that an empty queue keeps.
const fifoKept = 64

func (q *fifo) empty() bool { return q.head == len(q.buffers) }

func (q *fifo) push(b *buffer) { q.buffers = append(q.buffers, b) }

// first returns the oldest buffer, of a queue that isn't empty.
func (q *fifo) first() *buffer { return q.buffers[q.head] }

// last returns the newest buffer, or nil.
func (q *fifo) last() *buffer {
	if q.empty() {
		return nil
	}
	return q.buffers[len(q.buffers)-1]
}

// pop removes the oldest buffer and returns it, or nil.
func (q *fifo) pop() *buffer {
	if q.empty() {
		return nil
	}
	b := q.buffers[q.head]
	q.buffers[q.head] = nil
	q.head++
	switch {
	case q.empty() && cap(q.buffers) > fifoKept:
		*q = fifo{}
	case q.head > len(q.buffers)/2:
		n := copy(q.buffers, q.buffers[q.head:])
		clear(q.buffers[n:])
		q.buffers, q.head = q.buffers[:n], 0
	}
	return b
}
