package tunnel

// A chunkQueue holds the bytes that came for a stream and were not read yet.
//
// A message is gathered into the buffer before it where that has room, and small ones always:
// otherwise a peer that sends its window in messages of one byte would make it cost thousands
// of times its size.
type chunkQueue struct {
	chunks []Chunk // chunks[head:] hold bytes
	head   int
	size   int
}

// gatherBelow is the size of messages that are always gathered.
const gatherBelow = smallBuffer / 2

func (q *chunkQueue) push(c Chunk) {
	n := c.Len()
	if n == 0 {
		c.Free()
		return
	}
	q.size += n
	tail := q.tail()
	if tail == nil || len(tail.room()) < n {
		if n >= gatherBelow {
			q.chunks = append(q.chunks, c)
			return
		}
		tail = newBuffer(smallBuffer)
		q.chunks = append(q.chunks, tail)
	}
	tail.w += c.CopyTo(tail.room())
	c.Free()
}

// tail returns the last chunk if it is one that messages can be gathered in.
func (q *chunkQueue) tail() *buffer {
	if q.head == len(q.chunks) {
		return nil
	}
	b, _ := q.chunks[len(q.chunks)-1].(*buffer)
	return b
}

// read moves bytes into p, as many as there are or as there is room for.
func (q *chunkQueue) read(p []byte) (n int) {
	for q.head < len(q.chunks) && n < len(p) {
		c := q.chunks[q.head]
		n += c.CopyTo(p[n:])
		if c.Len() == 0 {
			q.drop()
		}
	}
	q.size -= n
	return n
}

// drop frees the first chunk.
func (q *chunkQueue) drop() {
	q.chunks[q.head].Free()
	q.chunks[q.head] = nil
	q.head++
	switch {
	case q.head == len(q.chunks):
		q.chunks, q.head = q.chunks[:0], 0
	case q.head > len(q.chunks)/2:
		n := copy(q.chunks, q.chunks[q.head:])
		clear(q.chunks[n:])
		q.chunks, q.head = q.chunks[:n], 0
	}
}

func (q *chunkQueue) clear() {
	for q.head < len(q.chunks) {
		q.drop()
	}
	*q = chunkQueue{}
}
