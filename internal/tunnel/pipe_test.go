package tunnel

import (
	"sync"
)

// pipeSocket is one end of a WebSocket in memory. Its queue is bounded in messages, so that a
// writer waits for the reader, as it does on a network.
type pipeSocket struct {
	in, out *pipeQueue
}

type pipeQueue struct {
	mu       sync.Mutex
	changed  sync.Cond
	messages []*buffer
	closed   *CloseError
	held     bool // messages are accepted and not delivered
}

const pipeMessages = 16

func newPipe() (client, server *pipeSocket) {
	a, b := &pipeQueue{}, &pipeQueue{}
	a.changed.L, b.changed.L = &a.mu, &b.mu
	return &pipeSocket{in: a, out: b}, &pipeSocket{in: b, out: a}
}

func (s *pipeSocket) Read() (*buffer, error) {
	q := s.in
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.messages) == 0 || q.held {
		if q.closed != nil {
			return nil, q.closed
		}
		q.changed.Wait()
	}
	b := q.messages[0]
	q.messages = q.messages[1:]
	q.changed.Broadcast()
	return b, nil
}

func (s *pipeSocket) Write(p []byte) error {
	b := newBuffer(len(p))
	b.w = copy(b.data, p)
	q := s.out
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.messages) >= pipeMessages && q.closed == nil {
		q.changed.Wait()
	}
	if q.closed != nil {
		return q.closed
	}
	q.messages = append(q.messages, b)
	q.changed.Broadcast()
	return nil
}

func (s *pipeSocket) WritesAtOnce(n int) bool {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	return n <= 1000 && len(s.out.messages) < pipeMessages
}

func (s *pipeSocket) Close(code Code, reason string) {
	for _, q := range []*pipeQueue{s.in, s.out} {
		q.mu.Lock()
		if q.closed == nil {
			q.closed = &CloseError{Code: code, Reason: reason}
		}
		q.changed.Broadcast()
		q.mu.Unlock()
	}
}

// hold keeps what the peer sends from being delivered until release.
func (s *pipeSocket) hold(held bool) {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.in.held = held
	s.in.changed.Broadcast()
}
