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
	moved    int64
}

const pipeMessages = 16

func newPipe() (client, server *pipeSocket) {
	a, b := &pipeQueue{}, &pipeQueue{}
	a.changed.L, b.changed.L = &a.mu, &b.mu
	return &pipeSocket{in: a, out: b}, &pipeSocket{in: b, out: a}
}

func (s *pipeSocket) Read(*share) (*buffer, error) {
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

func (s *pipeSocket) TryWrite(b *buffer) (bool, error) {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	if b.size() > 1000 || len(s.out.messages) >= pipeMessages {
		return false, nil
	}
	return true, s.out.push(b)
}

func (s *pipeSocket) Write(b *buffer) error {
	q := s.out
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.messages) >= pipeMessages && q.closed == nil {
		q.changed.Wait()
	}
	return q.push(b)
}

func (q *pipeQueue) push(b *buffer) error {
	if q.closed != nil {
		return q.closed
	}
	message := newBuffer(b.size())
	message.append(b.bytes())
	q.messages = append(q.messages, message)
	q.moved += int64(b.size())
	q.changed.Broadcast()
	return nil
}

func (s *pipeSocket) Moved() (received, sent int64) {
	s.in.mu.Lock()
	received = s.in.moved
	if s.in.held {
		for _, b := range s.in.messages {
			received -= int64(b.size())
		}
	}
	s.in.mu.Unlock()
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	return received, s.out.moved
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
