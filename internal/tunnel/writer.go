package tunnel

import (
	"sync"
	"time"
)

const (
	// writeQueue is how many bytes of DATA a session queues for the WebSocket, give or take one message.
	// Streams with more wait.
	writeQueue = 1 << 20
	// controlQueue bounds the other messages. They are few and small; they pile up only for a peer that
	// asks much and reads nothing.
	controlQueue = 1 << 20
	// closeGrace is how long after a failed write the reader may take to find the peer's close, which
	// tells more than a broken pipe.
	closeGrace = time.Second
)

// A writer sends the messages of a session, in the order in which they came.
//
// Callers with a deadline never wait for the WebSocket: an unfinished message would break the session
// for every stream. The writer queues what the network doesn't take at once for a goroutine, which lives
// only while there is something to write.
//
// It counts storage, not the bytes in it.
type writer struct {
	socket Socket
	share  *share
	fail   func(*CloseError)

	mu      sync.Mutex
	queue   fifo
	pong    *buffer     // goes before the queue
	ping    bool        // goes before the queue
	data    int         // what DATA holds, reserved, queued and being written
	control int         // what other messages hold, queued and being written
	busy    bool        // somebody writes
	waiting []*Stream   // to be woken when there is room for data again
	ended   bool        // nothing more is written
	finish  *CloseError // close the WebSocket with it once the queue is empty; nil: don't
	grace   *time.Timer
}

func newWriter(s Socket, sh *share, fail func(*CloseError)) *writer {
	w := &writer{socket: s, share: sh, fail: fail}
	if p, ok := s.(pinger); linksPing && ok {
		p.onPing(w.sendPong)
	}
	return w
}

// reserve takes room for a DATA message whose buffer holds n bytes, and reports false if there is none.
// An empty queue always has room for a small message.
func (w *writer) reserve(n int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reserveLocked(n)
}

// reserveOrWait is reserve. If it fails the writer wakes st when there may be room.
func (w *writer) reserveOrWait(st *Stream, n int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	ok := w.reserveLocked(n)
	if !ok {
		w.waitLocked(st)
	}
	return ok
}

// hasRoom reports whether a small message has room. If not the writer wakes st when there may be. A writer
// that has ended has none: st waits for the end of the session, and reads nothing more from its broker.
func (w *writer) hasRoom(st *Stream) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	ok := !w.ended && (w.data == 0 || w.data < writeQueue && w.share.has(smallBuffer))
	if !ok {
		w.waitLocked(st)
	}
	return ok
}

func (w *writer) reserveLocked(n int) bool {
	more := unpaid(w.data+n) - unpaid(w.data)
	switch {
	case w.ended, w.data == 0 && n <= dataMessageSize(burstData):
		w.share.must(more) // nobody else would wake the stream
	case w.data >= writeQueue || !w.share.take(more):
		return false
	}
	w.data += n
	return true
}

// unpaid returns what n bytes of DATA cost the session's share. One small message is free, so that a
// session can always send.
func unpaid(n int) int { return max(0, n-smallBuffer) }

// releaseLocked gives back the room of n bytes of DATA.
func (w *writer) releaseLocked(n int) {
	w.share.give(unpaid(w.data) - unpaid(w.data-n))
	w.data -= n
}

// unreserve gives back room that was not used.
func (w *writer) unreserve(n int) {
	w.mu.Lock()
	w.releaseLocked(n)
	wake := w.roomLocked()
	w.mu.Unlock()
	wakeWriters(wake)
}

// waitLocked adds st to the streams to wake.
func (w *writer) waitLocked(st *Stream) {
	if !st.awaitsRoom {
		st.awaitsRoom = true
		w.waiting = append(w.waiting, st)
	}
}

// send sends b, which the writer then owns, and returns at once. For DATA the caller has reserved room.
func (w *writer) send(b *buffer) {
	if w.enqueue(b) {
		w.tryWrite()
	}
}

// writeNow writes the next message, however long that takes, and the rest as far as it needs no waiting.
// Mostly the next message is the caller's own, and no other goroutine is needed.
func (w *writer) writeNow() {
	if b := w.next(); b != nil && w.wrote(b, w.socket.Write(b)) {
		w.tryWrite()
	}
}

// tryWrite writes the queue as far as the network takes it at once, and leaves the rest to a goroutine.
func (w *writer) tryWrite() {
	for b := w.next(); b != nil; b = w.next() {
		sent, err := w.socket.TryWrite(b)
		if !sent && err == nil {
			go w.write(b)
			return
		}
		if !w.wrote(b, err) {
			return
		}
	}
}

// write writes b and what is queued behind it.
func (w *writer) write(b *buffer) {
	for ; b != nil; b = w.next() {
		if !w.wrote(b, w.socket.Write(b)) {
			return
		}
	}
}

// enqueue queues b. It reports true if the caller must write the queue.
func (w *writer) enqueue(b *buffer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !b.isData {
		w.control += b.held()
		w.share.must(b.held())
	}
	if w.ended || w.finish != nil || w.joinLocked(b) {
		w.dropLocked(b)
		return false
	}
	if w.control > controlQueue {
		w.dropLocked(b)
		w.stopLocked()
		go w.fail(&CloseError{Code: CodeMalformed, Reason: "many messages were asked for and none is read"})
		return false
	}
	w.queue.push(b)
	return w.beginLocked()
}

// joinLocked appends b's bytes to the message before it, if that is of the same stream and has room.
func (w *writer) joinLocked(b *buffer) bool {
	last := w.queue.last()
	if !b.isData || last == nil || !last.isData || streamOf(last) != streamOf(b) {
		return false
	}
	payload := b.bytes()[headerSize:]
	if len(last.room()) < len(payload) {
		return false
	}
	last.append(payload)
	return true
}

func streamOf(b *buffer) uint32 {
	_, id := parseHeader([headerSize]byte(b.bytes()))
	return id
}

// dropLocked frees a message, and its room.
func (w *writer) dropLocked(b *buffer) {
	if b.isData {
		w.releaseLocked(b.held())
	} else {
		w.control -= b.held()
		w.share.give(b.held())
	}
	b.free()
}

// beginLocked makes the caller the one that writes, and reports true, unless somebody already writes.
func (w *writer) beginLocked() bool {
	begin := !w.busy
	w.busy = true
	return begin
}

// sendPing sends a ping, if the socket can.
func (w *writer) sendPing() {
	if _, ok := w.socket.(pinger); linksPing && ok {
		w.sendFirst(func() { w.ping = true })
	}
}

// sendPong answers a ping as soon as the message that is being written has gone. Of several pings
// the latest is answered (RFC 6455 section 5.5.3).
func (w *writer) sendPong(payload []byte) {
	pong := newControlFrame(opPong, payload)
	w.sendFirst(func() { w.pong = pong })
}

// sendFirst calls set, which puts a ping or pong before the queue, and writes.
func (w *writer) sendFirst(set func()) {
	w.mu.Lock()
	begin := false
	if !w.ended && w.finish == nil {
		set()
		begin = w.beginLocked()
	}
	w.mu.Unlock()
	if begin {
		w.tryWrite()
	}
}

// next removes the next message to write. It returns nil, and ends the writing, if there is none.
func (w *writer) next() *buffer {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.ended:
	case linksPing && w.pong != nil:
		b := w.pong
		w.pong = nil
		w.accountFirstLocked(b)
		return b
	case linksPing && w.ping:
		w.ping = false
		b := newControlFrame(opPing, nil)
		w.accountFirstLocked(b)
		return b
	case !w.queue.empty():
		return w.queue.pop()
	case w.finish != nil:
		w.ended = true
		w.socket.Close(w.finish.Code, w.finish.Reason)
	}
	w.busy = false
	return nil
}

func (w *writer) accountFirstLocked(b *buffer) {
	w.control += b.held()
	w.share.must(b.held())
}

// wrote takes the result of writing b, and reports whether more may be written.
func (w *writer) wrote(b *buffer, err error) bool {
	w.mu.Lock()
	w.dropLocked(b)
	if err != nil {
		if !w.ended {
			w.stopLocked()
			cause := &CloseError{Code: CodeAbnormal, Reason: "the connection broke: " + err.Error()}
			w.grace = time.AfterFunc(closeGrace, func() { w.fail(cause) })
		}
		w.busy = false
	}
	wake := w.roomLocked()
	w.mu.Unlock()
	wakeWriters(wake)
	return err == nil
}

// roomLocked returns the streams to wake, if there is room.
func (w *writer) roomLocked() (wake []*Stream) {
	if w.data < writeQueue || w.ended {
		wake, w.waiting = w.waiting, nil
		for _, st := range wake {
			st.awaitsRoom = false
		}
	}
	return wake
}

// wakeWriters wakes streams in a goroutine, since the caller may hold the lock of one of them.
func wakeWriters(streams []*Stream) {
	if len(streams) == 0 {
		return
	}
	go func() {
		for _, st := range streams {
			st.wakeWriter()
		}
	}()
}

// writing reports whether messages wait for the WebSocket to take them.
func (w *writer) writing() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.busy
}

// finishAndClose closes the WebSocket with e once all that is queued was written.
func (w *writer) finishAndClose(e *CloseError) {
	w.mu.Lock()
	if w.ended || w.finish != nil {
		w.mu.Unlock()
		return
	}
	w.finish = e
	begin := w.beginLocked()
	w.mu.Unlock()
	if begin {
		w.tryWrite()
	}
}

// stop drops what is queued.
func (w *writer) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopLocked()
	if w.grace != nil {
		w.grace.Stop()
	}
}

func (w *writer) stopLocked() {
	w.ended = true
	for b := w.queue.pop(); b != nil; b = w.queue.pop() {
		w.dropLocked(b)
	}
	w.pong, w.ping = nil, false
}
