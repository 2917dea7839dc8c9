package client

import (
	"errors"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// remade are topics that were made again. franz-go fails the records of one until it is told to forget the topic.
type remade struct {
	mu        sync.Mutex
	forgotten map[string]uint64 // how often, by topic
}

// isRemade reports whether franz-go has given up a record because its topic was made again. Brokers don't answer so:
// the requests have the names of topics.
func isRemade(err error) bool { return errors.Is(err, kerr.UnknownTopicID) }

// count returns how often a topic was forgotten.
func (m *remade) count(topic string) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.forgotten[topic]
}

// forget makes franz-go forget a topic, unless it has since the count was so: else it would give up the records that
// were handed over after that.
func (m *remade) forget(kafka *kgo.Client, topic string, count uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.forgotten[topic] != count {
		return
	}
	kafka.PurgeTopicsFromProducing(topic)
	if m.forgotten == nil {
		m.forgotten = make(map[string]uint64)
	}
	m.forgotten[topic]++
}
