package tunnel

import (
	"fmt"
	"sync"
	"time"
)

const (
	// writeQueue is how many bytes of DATA a session holds that the WebSocket did not take yet.
	// Streams that have more wait.
	writeQueue = 1 << 20
	// controlQueue bounds the other messages. They are few and small; a peer that makes them
	// pile up asks much and reads nothing.
	controlQueue = 1 << 20
	// writeStall ends a session whose WebSocket takes no message for so long.
	writeStall = 60 * time.Second
	// closeGrace is how long, after a failed write, the reader may take to say why: the peer's
	// close tells more than a broken pipe.
	closeGrace = time.Second
)

// A writer sends the messages of a session, in the order in which they came.
//
// A caller that has a deadline never waits for the WebSocket: a message left unfinished would
// break the session for every stream. What can't be written at once is queued for a goroutine
// that lives only while there is something to write, so that an idle session has none.
type writer struct {
	socket Socket
	fail   func(*CloseError)

	mu      sync.Mutex
	queue   []*buffer
	head    int       // queue[head:] is to be written
	data    int       // bytes of DATA in queue and being written
	control int       // bytes of other messages, likewise
	busy    bool      // somebody writes
	waiting []*Stream // to be woken when data is below writeQueue again
	ended   bool      // nothing more is written
	finish  bool      // close the WebSocket once the queue is empty
	stalled *CloseError
	stall   *time.Timer
}

func newWriter(s Socket, fail func(*CloseError)) *writer {
	w := &writer{socket: s, fail: fail, stalled: &CloseError{
		Code: CodeAbnormal, Reason: fmt.Sprintf("the WebSocket took no message for %v", writeStall),
	}}
	w.stall = time.AfterFunc(writeStall, func() {
		w.mu.Lock()
		cause := w.stalled
		w.mu.Unlock()
		fail(cause)
	})
	w.stall.Stop()
	return w
}

// admit reports whether st may send a DATA message now; if not, st is woken when it may.
func (w *writer) admit(st *Stream) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.data < writeQueue || w.ended {
		return true
	}
	if !st.awaitsRoom {
		st.awaitsRoom = true
		w.waiting = append(w.waiting, st)
	}
	return false
}

// send sends a message, which the writer then owns, and returns at once.
func (w *writer) send(b *buffer) {
	n := b.size()
	if w.enqueue(b) && (!w.socket.WritesAtOnce(n) || w.writeNext()) {
		go w.flush()
	}
}

// sendNow is send by a caller that may wait as long as the WebSocket does. With nothing else
// queued it writes the message itself, which saves a change of goroutine.
func (w *writer) sendNow(b *buffer) {
	if w.enqueue(b) && w.writeNext() {
		go w.flush()
	}
}

// enqueue reports whether the caller is to see to it that the queue is written.
func (w *writer) enqueue(b *buffer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.finish {
		b.free()
		return false
	}
	if w.account(b, 1); w.control > controlQueue {
		w.stopLocked()
		b.free()
		go w.fail(&CloseError{Code: CodeMalformed, Reason: "many messages were asked for and none is read"})
		return false
	}
	w.queue = append(w.queue, b)
	start := !w.busy
	w.busy = true
	return start
}

func (w *writer) account(b *buffer, sign int) {
	if messageType(b.data[0]) == typeData {
		w.data += sign * b.size()
	} else {
		w.control += sign * b.size()
	}
}

func (w *writer) flush() {
	for w.writeNext() {
	}
}

// writeNext writes the first message of the queue and reports whether there are more.
func (w *writer) writeNext() bool {
	w.mu.Lock()
	if w.head == len(w.queue) { // stopped meanwhile
		w.busy = false
		w.mu.Unlock()
		return false
	}
	b := w.queue[w.head]
	w.queue[w.head] = nil
	if w.head++; w.head == len(w.queue) {
		w.queue, w.head = w.queue[:0], 0
	}
	w.stall.Reset(writeStall)
	w.mu.Unlock()

	err := w.socket.Write(b.bytes())

	w.mu.Lock()
	w.account(b, -1)
	b.free()
	if err != nil && !w.ended {
		w.stopLocked()
		w.stalled = &CloseError{Code: CodeAbnormal, Reason: err.Error()}
		w.stall.Reset(closeGrace)
	}
	more := w.head < len(w.queue)
	if !more {
		w.busy = false
		if !w.ended {
			w.stall.Stop()
		}
		if w.finish && !w.ended {
			w.ended = true
			w.socket.Close(CodeNormal, "")
		}
	}
	var wake []*Stream
	if w.data < writeQueue {
		wake, w.waiting = w.waiting, nil
		for _, st := range wake {
			st.awaitsRoom = false
		}
	}
	w.mu.Unlock()
	if len(wake) > 0 {
		go wakeWriters(wake) // the caller may hold the lock of one of them
	}
	return more
}

func wakeWriters(streams []*Stream) {
	for _, st := range streams {
		st.wakeWriter()
	}
}

// finishAndClose closes the WebSocket once all that is queued was written.
func (w *writer) finishAndClose() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.finish {
		return
	}
	w.finish = true
	if !w.busy {
		w.ended = true
		w.socket.Close(CodeNormal, "")
	}
}

// stop drops what is queued.
func (w *writer) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopLocked()
	w.stall.Stop()
}

func (w *writer) stopLocked() {
	w.ended = true
	for _, b := range w.queue[w.head:] {
		w.account(b, -1)
		b.free()
	}
	w.queue, w.head = nil, 0
}
