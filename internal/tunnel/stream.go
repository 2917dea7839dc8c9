package tunnel

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"
)

const (
	// ClientWindow is a client's receive window in bytes. It allows 80 MB/s at a round trip of 50 ms.
	ClientWindow = 4 << 20
	// receiveWindow is the bridge's: what it holds at most for a broker that doesn't read.
	receiveWindow = 256 << 10
)

// A Stream is one broker connection in a session. It is a net.Conn.
type Stream struct {
	session *Session
	id      uint32
	window  int // bytes of receive credit in all

	mu       sync.Mutex
	readable sync.Cond // something to read, or a reason not to wait for it
	writable sync.Cond // credit, room in the session's queue, or a reason not to wait

	remote        net.Addr
	isOpen        bool        // the broker is connected
	closed        bool        // by us
	ended         *CloseError // by the peer, or with the session
	received      byteQueue
	reading       []byte // where a Read that waits wants its bytes; nil: none waits
	fills         bool   // that Read is a ReadFull, which waits until it has them all
	read          int    // how many that Read got
	consumed      int    // bytes read that the peer was not yet given credit for
	outstanding   int    // bytes that the peer may still send
	credit        int    // bytes that we may still send
	writing       bool
	readDeadline  deadline
	writeDeadline deadline
	onDone        func()
	forward       *forward // where what comes goes; nil: to Read
	counted       bool     // what waits for Read counts against the session's memory
	sent          int64    // bytes that SendFrom sent
	sending       bool     // SendFrom sends what it has read, or waits until it may read more
	owed          bool     // what came for Forward's connection is newer than what SendFrom sent

	awaitsRoom bool // it is in the writer's list, whose lock guards this
}

var _ net.Conn = (*Stream)(nil)

func newStream(s *Session, window int) *Stream {
	st := &Stream{session: s, window: window, outstanding: window}
	st.readable.L = &st.mu
	st.writable.L = &st.mu
	return st
}

// ConfirmOpen tells the client that the broker is connected, at address (bridge only).
func (st *Stream) ConfirmOpen(address net.Addr) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed || st.ended != nil {
		return
	}
	st.isOpen = true
	st.remote = address
	st.session.control(appendOpened(nil, st.id, st.window, text(address.String(), maxTarget)))
}

// OnDone calls f in its own goroutine once either end has closed the stream; at once if one already
// has. It replaces an f set before.
func (st *Stream) OnDone(f func()) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.onDone = f
	if st.closed || st.ended != nil {
		st.done()
	}
}

// Ended reports whether the peer closed the stream, or the session ended.
func (st *Stream) Ended() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.ended != nil
}

// endedWith reports whether the peer closed the stream with one of the codes.
func (st *Stream) endedWith(codes ...Code) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.ended != nil && slices.Contains(codes, st.ended.Code)
}

func (st *Stream) done() {
	if f := st.onDone; f != nil {
		st.onDone = nil
		go f()
	}
}

// waitOpened waits for the bridge's answer to OPEN.
func (st *Stream) waitOpened(ctx context.Context, target string) error {
	stop := context.AfterFunc(ctx, func() {
		st.mu.Lock()
		defer st.mu.Unlock()
		st.readable.Broadcast()
	})
	defer stop()
	st.mu.Lock()
	defer st.mu.Unlock()
	for {
		switch {
		case st.isOpen:
			return nil
		case st.ended != nil:
			return st.ended.dialError(target, st.remote)
		case ctx.Err() != nil:
			return &net.OpError{Op: "dial", Net: "tcp", Addr: st.remote, Err: context.Cause(ctx)}
		}
		st.readable.Wait()
	}
}

// onOpened takes the bridge's answer.
func (st *Stream) onOpened(window int, address string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return nil
	}
	if st.isOpen {
		return fmt.Errorf("OPENED for stream %d, which is open", st.id)
	}
	if window > maxWindow-st.credit {
		return fmt.Errorf("OPENED of stream %d with a window of %d bytes over a credit of %d: over %d in all", st.id, window, st.credit, maxWindow)
	}
	st.isOpen = true
	st.credit += window
	if a, err := netip.ParseAddrPort(address); err == nil {
		st.remote = net.TCPAddrFromAddrPort(a)
	}
	st.readable.Broadcast()
	return nil
}

// receive takes the bytes of a DATA message.
func (st *Stream) receive(b *buffer) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	n := b.size()
	if st.closed { // it crossed our close
		b.free()
		return nil
	}
	if !st.isOpen {
		return fmt.Errorf("DATA for stream %d, which is not open", st.id)
	}
	if n > st.outstanding {
		return fmt.Errorf("DATA of %d bytes for stream %d, whose credit is %d", n, st.id, st.outstanding)
	}
	st.outstanding -= n
	if linksBridge && st.forward != nil {
		st.forwardLocked(b)
		return nil
	}
	held := st.received.held
	if len(st.reading) > 0 { // it gets them while they are in the processor's cache
		got := b.read(st.reading)
		st.read += got
		if linksBridge && st.fills {
			st.grant(got)
			if st.reading = st.reading[got:]; len(st.reading) > 0 {
				b.free()
				return nil
			}
		}
		st.reading = nil
		st.received.pushAsItIs(b) // and what is left soon
	} else {
		st.received.push(b)
	}
	if linksBridge && st.counted && !st.countLocked(held) {
		st.dropReceivedLocked()
		go st.CloseWith(CodeTooMany, errNoMemory)
		return nil
	}
	st.readable.Broadcast()
	return nil
}

func (st *Stream) addCredit(n int) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return nil
	}
	if !st.isOpen && st.session.accept == nil {
		return fmt.Errorf("CREDIT for stream %d, which is not open", st.id)
	}
	if n > maxWindow-st.credit {
		return fmt.Errorf("CREDIT of %d bytes for stream %d, which has %d: over %d in all", n, st.id, st.credit, maxWindow)
	}
	st.credit += n
	st.writable.Broadcast()
	return nil
}

func (st *Stream) wakeWriter() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.writable.Broadcast()
}

// end takes the peer's close, or the end of the session. Bytes that came before can still be read.
func (st *Stream) end(e *CloseError) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.ended == nil && !st.closed {
		st.ended = e
		st.readable.Broadcast()
		st.writable.Broadcast()
		st.done()
		st.forward.checkDelivered(st)
	}
}

// Close closes the stream for both sides. What was written before it still goes out.
func (st *Stream) Close() error { return st.CloseWith(CodeNormal, "") }

// CloseWith is Close with a code and a reason for the peer.
func (st *Stream) CloseWith(code Code, reason string) error {
	st.mu.Lock()
	if st.closed {
		st.mu.Unlock()
		return nil
	}
	st.closed = true
	if st.ended == nil {
		st.session.control(appendClose(nil, st.id, code, reason))
		st.done()
	}
	st.dropReceivedLocked()
	st.forward.checkDelivered(st)
	st.readDeadline.stop()
	st.writeDeadline.stop()
	st.readable.Broadcast()
	st.writable.Broadcast()
	st.mu.Unlock()
	st.session.remove(st.id)
	return nil
}

// Read implements net.Conn.
func (st *Stream) Read(p []byte) (int, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.readLocked(p, false)
}

// readLocked is Read. With fills it may wait until p is full.
func (st *Stream) readLocked(p []byte, fills bool) (int, error) {
	for {
		switch {
		case st.closed:
			return 0, st.opError("read", net.ErrClosed)
		case st.readDeadline.passed():
			return 0, st.opError("read", os.ErrDeadlineExceeded)
		case len(p) == 0:
			return 0, nil
		case st.received.size > 0:
			held := st.received.held
			n := st.received.read(p)
			if linksBridge && st.counted {
				st.session.share.give(held - st.received.held)
			}
			st.grant(n)
			return n, nil
		case st.ended != nil:
			return 0, st.ended.streamError("read", st.LocalAddr(), st.remote)
		}
		if n := st.awaitBytes(p, fills); n > 0 {
			if !fills { // else receive has granted it
				st.grant(n)
			}
			return n, nil
		}
	}
}

// awaitBytes waits for bytes or for the end. If no other Read waits, bytes go straight into p, and it
// returns how many.
func (st *Stream) awaitBytes(p []byte, fills bool) int {
	if st.reading != nil || st.read > 0 {
		st.readable.Wait()
		return 0
	}
	st.reading, st.fills = p, fills
	st.readable.Wait()
	n := st.read
	st.reading, st.read = nil, 0
	return n
}

// grant returns credit to the peer for n bytes that were read, a quarter of the window at a time.
func (st *Stream) grant(n int) {
	st.consumed += n
	if st.consumed < st.window/4 || st.ended != nil || st.closed {
		return
	}
	n, st.consumed = st.consumed, 0
	st.outstanding += n
	st.session.control(appendCredit(nil, st.id, n))
}

// Write implements net.Conn. It returns when the session has accepted all of p. At most the peer's
// receive window is then on its way.
func (st *Stream) Write(p []byte) (int, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if err := st.lockWriting(); err != nil {
		return 0, err
	}
	defer st.unlockWriting()
	sent := 0
	for sent < len(p) {
		if err := st.writeError(); err != nil {
			return sent, err
		}
		if st.credit == 0 {
			st.writable.Wait()
			continue
		}
		n := st.reserve(min(len(p)-sent, st.credit, writeData))
		if n == 0 {
			st.writable.Wait()
			continue
		}
		b := newDataMessage(st.id, n)
		b.append(p[sent : sent+n])
		st.credit -= n
		sent += n
		st.session.writer.send(b)
	}
	return sent, nil
}

// reserve takes room for a DATA message of n bytes, or of fewer if memory is short, and returns how
// many. On 0 the writer wakes the stream when there may be room.
func (st *Stream) reserve(n int) int {
	w := st.session.writer
	small := min(n, smallData)
	switch {
	case n > small && w.reserve(dataMessageSize(n)):
		return n
	case w.reserveOrWait(st, dataMessageSize(small)):
		return small
	}
	return 0
}

// lockWriting keeps concurrent writes from mixing their bytes.
func (st *Stream) lockWriting() error {
	for {
		if err := st.writeError(); err != nil {
			return err
		}
		if !st.writing {
			st.writing = true
			return nil
		}
		st.writable.Wait()
	}
}

func (st *Stream) unlockWriting() {
	st.writing = false
	st.writable.Broadcast()
}

func (st *Stream) writeError() error {
	switch {
	case st.closed:
		return st.opError("write", net.ErrClosed)
	case st.writeDeadline.passed():
		return st.opError("write", os.ErrDeadlineExceeded)
	case st.ended != nil:
		return st.ended.streamError("write", st.LocalAddr(), st.remote)
	}
	return nil
}

func (st *Stream) opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: st.LocalAddr(), Addr: st.remote, Err: err}
}

// LocalAddr implements net.Conn: the client's end of the WebSocket.
func (st *Stream) LocalAddr() net.Addr { return st.session.local }

// RemoteAddr implements net.Conn: the broker's address, which the bridge dialled.
func (st *Stream) RemoteAddr() net.Addr {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.remote
}

// SetDeadline implements net.Conn.
func (st *Stream) SetDeadline(t time.Time) error {
	if err := st.SetReadDeadline(t); err != nil {
		return err
	}
	return st.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (st *Stream) SetReadDeadline(t time.Time) error {
	return st.setDeadline(&st.readDeadline, &st.readable, t)
}

// SetWriteDeadline implements net.Conn.
func (st *Stream) SetWriteDeadline(t time.Time) error {
	return st.setDeadline(&st.writeDeadline, &st.writable, t)
}

func (st *Stream) setDeadline(d *deadline, c *sync.Cond, t time.Time) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return st.opError("set", net.ErrClosed)
	}
	d.set(t, c)
	return nil
}
