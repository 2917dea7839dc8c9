package client

import (
	"context"
	"sync"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/queue"
)

// The states of a client. The page itself adds that it is closed.
const (
	stateConnected    = "connected"
	stateReconnecting = "reconnecting"
)

// A change is of the client's state, as the page's status() yields it.
type change struct {
	State     string      `json:"state"`
	Attempt   int         `json:"attempt,omitzero"`   // reconnecting: from 1
	RetryInMs *float64    `json:"retryInMs,omitzero"` // reconnecting
	Error     *port.Error `json:"error,omitzero"`     // reconnecting
}

// maxUnread bounds the changes that wait for a page which doesn't read them. The oldest are left out then.
const maxUnread = 32

// A status is the client's state, and who wants to know of its changes.
type status struct {
	mu       sync.Mutex
	current  change
	watchers map[*watcher]struct{}
}

// A watcher has the changes that a page has not read.
type watcher = queue.Queue[change]

func (s *status) set(c change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = c
	for w := range s.watchers {
		w.Put(c)
	}
}

// watch returns a watcher that begins with the state as it is.
func (s *status) watch() *watcher {
	w := queue.New[change](maxUnread)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watchers == nil {
		s.watchers = make(map[*watcher]struct{})
	}
	s.watchers[w] = struct{}{}
	w.Put(s.current)
	return w
}

func (s *status) unwatch(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.watchers, w)
}

// statuses sends the state as it is, and then each change.
func (c *client) statuses(ctx context.Context, call *port.Call) (any, error) {
	w := c.status.watch()
	defer c.status.unwatch(w)
	for {
		next, err := w.Take(ctx)
		if err != nil {
			return nil, err
		}
		if err := call.Send(next); err != nil {
			return nil, err
		}
	}
}
