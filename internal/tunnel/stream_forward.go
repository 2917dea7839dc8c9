package tunnel

import (
	"net"
	"time"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// A forward is the connection that a stream's bytes go to as they come, on the bridge's end.
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

// Forward writes what comes to c from now on, instead of leaving it to Read. The goroutine that reads
// the WebSocket writes what c takes without waiting; another writes the rest, and lives only while
// there is some. So a stream on which nothing comes has neither goroutine nor buffer for this.
//
// After a failed write the stream ends once no more comes from c; see endUnwritable.
func (st *Stream) Forward(c net.Conn) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.forward = &forward{conn: c, try: trywrite.New(c), delivered: make(chan struct{})}
	st.session.share.must(st.received.held) // of what came before
	if st.received.size > 0 {
		st.forward.asked = time.Now()
	}
	st.startForwarding()
	st.forward.checkDelivered(st)
}

// Delivered is closed when the stream has ended, from either end, and all that came for it before was
// written to the connection of Forward, or can't be.
func (st *Stream) Delivered() <-chan struct{} { return st.forward.delivered }

// ForwardError returns what broke writing to the connection of Forward, or nil.
func (st *Stream) ForwardError() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.forward.err
}

// Asked returns when the first byte came for the connection of Forward: the zero Time if none has.
func (st *Stream) Asked() time.Time {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.forward.asked
}

// forwardLocked takes b.
func (st *Stream) forwardLocked(b *buffer) {
	f := st.forward
	if f.asked.IsZero() && b.size() > 0 {
		f.asked = time.Now()
	}
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
		go st.CloseWith(CodeTooMany, ReasonMemory+": the bridge has none left for what this broker doesn't take")
		return
	}
	st.startForwarding()
}

// failForwardLocked drops what still comes.
func (st *Stream) failForwardLocked(err error) {
	st.forward.err = err
	st.dropReceivedLocked()
	st.endUnwritable(st.sent, 1)
}

const (
	// unwritableLook is how often a stream is looked at whose connection can't be written to. That may
	// hold an answer yet, and tell more than the failed write did.
	unwritableLook = time.Second
	// unwritableLooks is how many looks may find a client that has given no credit for the rest.
	unwritableLooks = 10
)

// endUnwritable closes the stream when a look finds that nothing was sent of the connection's since the
// one before, when that had been so much; of a client without credit, when several do.
func (st *Stream) endUnwritable(sent int64, look int) {
	time.AfterFunc(unwritableLook, func() {
		st.mu.Lock()
		now, waits, over := st.sent, st.credit == 0 && look < unwritableLooks, st.closed || st.ended != nil
		st.mu.Unlock()
		switch {
		case over:
		case now != sent:
			st.endUnwritable(now, 1)
		case waits:
			st.endUnwritable(now, look+1)
		default:
			st.CloseWith(CodeReset, "reset: the connection to the broker broke")
		}
	})
}

// hold queues b, if the bridge has the memory for it.
func (st *Stream) hold(b *buffer) bool {
	before := st.received.held
	st.received.push(b)
	if more := st.received.held - before; more > 0 && !st.session.share.take(more) {
		st.session.share.must(more) // until the stream is closed
		return false
	}
	return true
}

// startForwarding has what is queued written, if there is something and nobody does.
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

// nextForward returns what is to be written next. With nothing to write it returns nil, and nobody
// writes.
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
	if st.forward != nil {
		st.session.share.give(st.received.held)
	}
	st.received.clear()
}

// checkDelivered closes delivered when it is time. It is called with the stream's lock held; f may be
// nil.
func (f *forward) checkDelivered(st *Stream) {
	if f == nil || f.isOver || f.writing || st.received.size > 0 || !st.closed && st.ended == nil {
		return
	}
	f.isOver = true
	close(f.delivered)
}
