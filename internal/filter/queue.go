package filter

import "sync"

// How much may wait for answers.
const (
	maxEntries = 256
	maxSize    = 1 << 20
	// entrySize is what an entry takes without what it refers to.
	entrySize = 256
)

// An entry is a request that waits for its answer.
type entry struct {
	correlationID int32
	local         []byte  // the filter's own answer, or nil
	rewrite       Rewrite // nil: the broker's answer goes to the client as it comes
	size          int     // bytes that it holds
}

// A queue has the requests that wait for answers, in their order: a broker answers in order, and clients
// rely on that. Correlation ids may repeat, so nothing is found by them.
type queue struct {
	mu      sync.Mutex
	entries []entry
	size    int
	broker  int  // entries that the broker answers
	writing bool // the first entry's answer is being written
}

func (q *queue) push(e entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e.size += entrySize + len(e.local)
	q.entries = append(q.entries, e)
	q.size += e.size
	if e.local == nil {
		q.broker++
	}
}

func (q *queue) full() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.entries) >= maxEntries || q.size >= maxSize
}

func (q *queue) held() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.size
}

func (q *queue) pending() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.broker
}

// answered returns the entry that the broker's next answer is for. done must follow.
func (q *queue) answered(correlationID int32) (e entry, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.writing || len(q.entries) == 0 {
		return entry{}, false
	}
	e = q.entries[0]
	if e.local != nil || e.correlationID != correlationID {
		return entry{}, false
	}
	q.writing = true
	return e, true
}

func (q *queue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.writing {
		q.writing = false
		q.broker--
		q.pop()
	}
}

// local takes off the filter's own answers at the beginning of the queue.
func (q *queue) local() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	var answers []byte
	for len(q.entries) > 0 && q.entries[0].local != nil {
		if answers == nil {
			answers = q.entries[0].local
		} else {
			answers = append(answers, q.entries[0].local...)
		}
		q.pop()
	}
	return answers
}

func (q *queue) pop() {
	q.size -= q.entries[0].size
	q.entries[0] = entry{}
	if len(q.entries) == 1 {
		q.entries = q.entries[:0] // with its room
	} else {
		q.entries = q.entries[1:]
	}
}
