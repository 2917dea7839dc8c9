package tunnel

import (
	"net"
	"time"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// A forward is the broker connection that a stream's bytes go to (bridge only).
type forward struct {
	conn      net.Conn
	try       *trywrite.Writer
	asked     time.Time     // when the first byte came
	writing   bool          // a goroutine writes what is queued
	full      bool          // there was no memory for what came: it is dropped, and what still comes
	err       error         // of writing to conn: what still comes is dropped
	delivered chan struct{} // closed when the stream has ended and all that came was written
	isOver    bool          // delivered is closed
}

// Forward writes received bytes to c from now on, instead of keeping them for Read. The goroutine that
// reads the WebSocket writes what c takes without waiting. Another writes the rest, and lives only as
// long as there is some: a quiet stream has neither goroutine nor buffer.
//
// After a failed write the stream ends once c has nothing more to say; see endUnwritable.
func (st *Stream) Forward(c net.Conn) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.forward = &forward{conn: c, try: trywrite.New(c), delivered: make(chan struct{})}
	st.session.share.must(st.received.held) // of what came before
	if st.received.size > 0 {
		st.forward.asked = time.Now()
		st.owed = true
	}
	st.startForwarding()
	st.forward.checkDelivered(st)
}

// Delivered is closed once the stream has ended and Forward's connection has taken, or refused, all
// bytes that came before.
func (st *Stream) Delivered() <-chan struct{} { return st.forward.delivered }

// ForwardError returns the error of writing to Forward's connection, or nil.
func (st *Stream) ForwardError() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.forward.err
}

// Asked returns when the first byte for Forward's connection came, or the zero Time.
func (st *Stream) Asked() time.Time {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.forward.asked
}

// Progress returns how many bytes SendFrom has sent, and whether more are to come: what came for Forward's
// connection is newer, or SendFrom waits for the peer.
func (st *Stream) Progress() (sent int64, isBusy bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.sent, st.owed || st.sending
}

// forwardLocked writes or queues b, which it then owns.
func (st *Stream) forwardLocked(b *buffer) {
	f := st.forward
	if f.asked.IsZero() && b.size() > 0 {
		f.asked = time.Now()
	}
	st.owed = true
	if f.err != nil || f.full {
		b.free()
		return
	}
	if !f.writing {
		n, err := f.try.Try(b.bytes())
		b.r += n
		st.grant(n)
		if err != nil {
			st.failForwardLocked(err)
			b.free()
			return
		}
	}
	if b.size() == 0 {
		b.free()
		return
	}
	if !st.hold(b) {
		f.full = true
		st.dropReceivedLocked()
		go st.CloseWith(CodeTooMany, errNoMemory)
		return
	}
	st.startForwarding()
}

// failForwardLocked takes the error of a write. Bytes that still come are dropped.
func (st *Stream) failForwardLocked(err error) {
	st.forward.err = err
	st.dropReceivedLocked()
	st.endUnwritable(st.sent, st.credit > 0, 1)
}

const (
	// unwritableLook is the interval between looks at a connection that can't be written to. It may
	// still hold an answer, and its read error may tell more than the failed write.
	unwritableLook = time.Second
	// unwritableLooks is how many looks a client without credit has to grant some.
	unwritableLooks = 10
)

// endUnwritable closes the stream once SendFrom has sent nothing for a look although it had credit, or for
// several looks. sent and hadCredit are those of the look before.
func (st *Stream) endUnwritable(sent int64, hadCredit bool, look int) {
	time.AfterFunc(unwritableLook, func() {
		st.mu.Lock()
		now, hasCredit, over := st.sent, st.credit > 0, st.closed || st.ended != nil
		st.mu.Unlock()
		switch {
		case over:
		case now != sent:
			st.endUnwritable(now, hasCredit, 1)
		case hadCredit && hasCredit, look == unwritableLooks:
			st.CloseWith(CodeReset, "reset: the connection to the broker broke")
		default:
			st.endUnwritable(now, hasCredit, look+1)
		}
	})
}

// hold queues b and reports true, or reports false if the bridge has no memory for it.
func (st *Stream) hold(b *buffer) bool {
	before := st.received.held
	st.received.push(b)
	return st.countLocked(before)
}

// countLocked takes memory for what the queue costs more than before, or reports false if the bridge has
// none. It is then counted all the same, until the stream is closed.
func (st *Stream) countLocked(before int) bool {
	more := st.received.held - before
	if more > 0 && !st.session.share.take(more) {
		st.session.share.must(more)
		return false
	}
	return true
}

// errNoMemory is the reason to close a stream with CodeTooMany.
const errNoMemory = ReasonMemory + ": the bridge has none left for what this broker doesn't take"

// CountReads has what waits for Read count against the session's memory from now on, as what waits for
// Forward's connection does (bridge only).
func (st *Stream) CountReads() {
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.closed {
		st.counted = true
		st.session.share.must(st.received.held) // of what came before
	}
}

// TakeMemory takes n bytes of the session's memory and reports true, or reports false if that would leave
// other sessions too little (bridge only).
func (st *Stream) TakeMemory(n int) bool { return st.session.share.take(n) }

// GiveMemory gives back n bytes.
func (st *Stream) GiveMemory(n int) { st.session.share.give(n) }

// startForwarding starts the goroutine that writes the queue, unless it runs or the queue is empty.
func (st *Stream) startForwarding() {
	if f := st.forward; !f.writing && st.received.size > 0 {
		f.writing = true
		go st.writeForward()
	}
}

// writeForward writes what is queued.
func (st *Stream) writeForward() {
	f := st.forward
	for {
		b := st.nextForward()
		if b == nil {
			return
		}
		n := b.size()
		_, err := f.conn.Write(b.bytes())
		st.mu.Lock()
		st.session.share.give(b.held())
		b.free()
		if err != nil {
			st.failForwardLocked(err)
		} else {
			st.grant(n)
		}
		st.mu.Unlock()
	}
}

// nextForward returns the next buffer to write. It returns nil, and ends the writing, if there is none.
func (st *Stream) nextForward() *buffer {
	st.mu.Lock()
	defer st.mu.Unlock()
	b := st.received.take()
	if b == nil {
		st.forward.writing = false
		st.forward.checkDelivered(st)
	}
	return b
}

// dropReceivedLocked forgets what came and wasn't read.
func (st *Stream) dropReceivedLocked() {
	if linksBridge && (st.forward != nil || st.counted) {
		st.session.share.give(st.received.held)
	}
	st.received.clear()
}

// checkDelivered closes delivered when it is time. The caller holds the stream's lock; f may be nil.
func (f *forward) checkDelivered(st *Stream) {
	if !linksBridge || f == nil || f.isOver || f.writing || st.received.size > 0 || !st.closed && st.ended == nil {
		return
	}
	f.isOver = true
	close(f.delivered)
}
