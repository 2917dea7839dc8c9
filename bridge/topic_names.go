package bridge

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// maxTopicNames bounds the names that are kept. The largest clusters have some 100,000 topics.
	maxTopicNames = 100_000
	// maxTopicsAsked bounds the ids in one question to the cluster.
	maxTopicsAsked = 1000
)

// A topicID is a topic's id (KIP-516). A topic that is made anew gets another.
type topicID = [16]byte

// topicNames knows the names of topics by their ids. It asks the cluster for those that it doesn't know, at
// most once a second and for all callers together.
type topicNames struct {
	ask func(ctx context.Context, ids []topicID) (map[topicID]string, *tunnel.CloseError)
	log *slog.Logger

	mu    sync.Mutex
	names map[topicID]string
	next  *topicQuestion // has not begun; nil: there is none
	began time.Time      // when the last question began
}

// A topicQuestion is one that is to be asked.
type topicQuestion struct {
	ids      map[topicID]bool
	answered chan struct{} // closed when the answer is in names, or there is none
}

func newTopicNames(ask func(context.Context, []topicID) (map[topicID]string, *tunnel.CloseError), log *slog.Logger) *topicNames {
	return &topicNames{ask: ask, log: log, names: make(map[topicID]string)}
}

// cached returns the name of a topic if it is known without asking.
func (n *topicNames) cached(id topicID) (name string, known bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name, known = n.names[id]
	return name, known
}

// name returns the name of a topic, and asks the cluster if need be.
func (n *topicNames) name(ctx context.Context, id topicID) (name string, known bool) {
	n.mu.Lock()
	if name, known := n.names[id]; known {
		n.mu.Unlock()
		return name, true
	}
	q := n.next
	if q == nil {
		q = &topicQuestion{ids: make(map[topicID]bool), answered: make(chan struct{})}
		n.next = q
		time.AfterFunc(max(0, questionEvery-time.Since(n.began)), n.putQuestion)
	}
	full := len(q.ids) >= maxTopicsAsked
	if !full {
		q.ids[id] = true
	}
	n.mu.Unlock()
	if full {
		return "", false
	}
	select {
	case <-q.answered:
	case <-ctx.Done():
	}
	return n.cached(id)
}

// putQuestion asks the next question.
func (n *topicNames) putQuestion() {
	n.mu.Lock()
	q := n.next
	n.next, n.began = nil, time.Now()
	n.mu.Unlock()
	defer close(q.answered)
	ctx, cancel := context.WithTimeout(context.Background(), questionTimeout)
	defer cancel()
	names, failure := n.ask(ctx, slices.Collect(maps.Keys(q.ids)))
	if failure != nil {
		n.log.Warn("the cluster could not be asked for names of topics", "reason", failure.Reason)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.names)+len(q.ids) > maxTopicNames {
		clear(n.names)
	}
	for id := range q.ids { // whatever else the broker told of
		if name, known := names[id]; known {
			n.names[id] = name
		}
	}
}
