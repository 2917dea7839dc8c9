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
	ask   func(ctx context.Context, ids []topicID) (map[topicID]string, *tunnel.CloseError)
	known *knownTopics
	log   *slog.Logger

	mu    sync.Mutex
	next  *topicQuestion // has not begun; nil: there is none
	began time.Time      // when the last question began
}

// knownTopics are the names of topics that the cluster told, whoever asked.
type knownTopics struct {
	mu    sync.Mutex
	names map[topicID]string
}

// A topicQuestion is one that is to be asked.
type topicQuestion struct {
	ids      map[topicID]bool
	answered chan struct{} // closed when the answer is in names, or there is none
}

func newTopicNames(ask func(context.Context, []topicID) (map[topicID]string, *tunnel.CloseError), known *knownTopics, log *slog.Logger) *topicNames {
	return &topicNames{ask: ask, known: known, log: log}
}

// topicNamesFor returns topicNames that ask the cluster with a user's credentials.
func (t *targets) topicNamesFor(who identity, known *knownTopics, log *slog.Logger) *topicNames {
	return newTopicNames(func(ctx context.Context, ids []topicID) (map[topicID]string, *tunnel.CloseError) {
		return t.bootstrap.askTopics(ctx, ids, who)
	}, known, log)
}

// cached returns the names of topics as far as they are known without asking, and which aren't.
func (n *knownTopics) cached(ids []topicID) (names map[topicID]string, unknown []topicID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	names = make(map[topicID]string, len(ids))
	for _, id := range ids {
		if name, known := n.names[id]; known {
			names[id] = name
		} else {
			unknown = append(unknown, id)
		}
	}
	return names, unknown
}

// learn asks the cluster for the names of topics, in one question with other callers: for as many as
// maxTopicsAsked allows. It returns when the cluster has answered, or ctx ends.
func (n *topicNames) learn(ctx context.Context, ids []topicID) {
	n.mu.Lock()
	q := n.next
	if q == nil {
		q = &topicQuestion{ids: make(map[topicID]bool), answered: make(chan struct{})}
		n.next = q
		time.AfterFunc(max(0, questionEvery-time.Since(n.began)), n.putQuestion)
	}
	asked := false
	for _, id := range ids {
		if asked = asked || q.ids[id]; len(q.ids) < maxTopicsAsked {
			q.ids[id], asked = true, true
		}
	}
	n.mu.Unlock()
	if !asked {
		return
	}
	select {
	case <-q.answered:
	case <-ctx.Done():
	}
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
	n.known.add(q.ids, names)
}

// add takes the names of the topics in ids, whatever else the broker told of.
func (n *knownTopics) add(ids map[topicID]bool, names map[topicID]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.names)+len(ids) > maxTopicNames {
		clear(n.names)
	}
	if n.names == nil {
		n.names = make(map[topicID]string)
	}
	for id := range ids {
		if name, known := names[id]; known {
			n.names[id] = name
		}
	}
}
