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
	got       bool          // something came
	writing   bool          // a goroutine writes what is queued
	err       error         // of writing to conn: what still comes is dropped
	delivered chan struct{} // closed when the stream has ended and all that came was written
	isOver    bool          // delivered is closed
}

// readGrace is how long a connection that can't be written to is still read: it may hold an answer, and
// tell more than the failed write.
const readGrace = time.Second

// Forward writes what comes to c from now on, instead of leaving it to Read. A failed write closes c
// after readGrace, so that whoever reads it ends. The goroutine that reads
// the WebSocket writes what c takes without waiting; another writes the rest, and lives only while
// there is some. So a stream on which nothing comes has neither goroutine nor buffer for this.
func (st *Stream) Forward(c net.Conn) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.forward = &forward{conn: c, try: trywrite.New(c), delivered: make(chan struct{})}
	st.session.share.must(st.received.held) // of what came before
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

// failLocked drops what still comes.
func (f *forward) failLocked(err error) {
	f.err = err
	time.AfterFunc(readGrace, func() { f.conn.Close() })
}

// Forwarded reports whether anything has come for the connection of Forward.
func (st *Stream) Forwarded() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.forward.got
}

// forwardLocked takes b.
func (st *Stream) forwardLocked(b *buffer) {
	f := st.forward
	f.got = f.got || b.size() > 0
	if f.err != nil {
		b.free()
		return
	}
	if !f.writing {
		n, err := f.try.Try(b.bytes())
		b.r += n
		st.grant(n)
		if err != nil {
			f.failLocked(err)
			b.free()
			return
		}
	}
	if b.size() == 0 {
		b.free()
		return
	}
	if !st.hold(b) {
		go st.CloseWith(CodeTooMany, ReasonMemory+": the bridge has none left for what this broker doesn't take")
		return
	}
	st.startForwarding()
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
			f.failLocked(err)
			st.dropReceivedLocked()
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
