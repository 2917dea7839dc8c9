package tunnel

import (
	"io"
	"math"
	"net"
)

// sizeGrowth is how many times as large the message after one is that r has filled, if r is a TCP connection.
const sizeGrowth = 16

// SendFrom copies r to the stream until r ends, and returns nil if that was io.EOF. r reads straight
// into the message. Only the bridge calls it; no Write may run beside it.
//
// Messages grow while r fills them, since a page's cost per message hardly depends on its size. SendFrom
// waits for a TCP connection without a buffer, and for any other with a small one. For an *io.LimitedReader
// SendFrom reads its reader in the same way, and doesn't change its N.
func (st *Stream) SendFrom(r io.Reader) (total int64, err error) {
	limit, first := int64(math.MaxInt64), smallData
	if l, ok := r.(*io.LimitedReader); ok {
		r, limit, first = l.R, l.N, sizeGrowth*smallData // it is known what comes
	}
	next := st.readAfterWaiting(r)
	if c, ok := r.(net.Conn); ok {
		if src := newReadySource(st, c, first); src != nil {
			next = src.next
		}
	}
	for total < limit {
		credit, err := st.waitToSend()
		if err != nil {
			return total, err
		}
		b, err := next(int(min(int64(credit), limit-total)))
		if b != nil {
			n := b.size() - headerSize
			if err := st.sendNow(b); err != nil {
				return total, err
			}
			total += int64(n)
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// sendNow sends a DATA message that has room and credit. It fails if the stream has been closed since,
// for nothing may follow a CLOSE. It may wait as long as the WebSocket does.
func (st *Stream) sendNow(b *buffer) error {
	w := st.session.writer
	st.mu.Lock()
	st.sending = true
	err := st.writeError()
	write := false
	if err == nil {
		n := b.size() - headerSize
		st.credit -= n
		st.sent += int64(n)
		st.owed = false
		write = w.enqueue(b)
	}
	st.mu.Unlock()
	switch {
	case err != nil:
		w.unreserve(b.held())
		b.free()
	case write:
		w.writeNow()
	}
	return err
}

// waitToSend waits until the stream may send a message, and returns its credit.
func (st *Stream) waitToSend() (int, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.sending = true
	for {
		if err := st.writeError(); err != nil {
			return 0, err
		}
		if st.credit > 0 && st.session.writer.hasRoom(st) {
			st.sending = false
			return st.credit, nil
		}
		st.writable.Wait()
	}
}

// burstData is the room of a message after one that r has filled, if r is no TCP connection.
const burstData = 4*smallBuffer - frameRoom - headerSize

// readAfterWaiting returns a function that reads r into a small buffer, and reserves room for it
// afterwards.
func (st *Stream) readAfterWaiting(r io.Reader) func(credit int) (*buffer, error) {
	size := smallData
	return func(credit int) (*buffer, error) {
		b := newDataMessage(st.id, size)
		n, err := r.Read(b.room()[:min(size, credit)])
		b.w += n
		if n == 0 {
			b.free()
			return nil, err
		}
		size = smallData
		if len(b.room()) == 0 {
			size = burstData
		}
		b = shrunk(b)
		if reserveErr := st.reserveFor(b); reserveErr != nil {
			b.free()
			return nil, reserveErr
		}
		return b, err
	}
}

// shrunk moves b's message to the smallest buffer that holds it.
func shrunk(b *buffer) *buffer {
	n := b.size() - headerSize
	if dataMessageSize(n) == b.held() {
		return b
	}
	id := streamOf(b)
	s := newDataMessage(id, n)
	s.append(b.bytes()[headerSize:])
	b.free()
	return s
}

// reserveFor waits until there is room for b.
func (st *Stream) reserveFor(b *buffer) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.sending = true
	for {
		if err := st.writeError(); err != nil {
			return err
		}
		if st.session.writer.reserveOrWait(st, b.held()) {
			return nil
		}
		st.writable.Wait()
	}
}
