package examples

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// produceUntilStopped produces Record 0, Record 1 and so on. stop ends that and returns how many there are.
func produceUntilStopped(ctx context.Context, t *testing.T, brokers []string, topic string) (stop func() int) {
	t.Helper()
	client := newClient(t, kgo.SeedBrokers(brokers...), kgo.DefaultProduceTopic(topic))
	stopping, stopped, n := make(chan struct{}), make(chan struct{}), 0
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stopping:
				return
			default:
			}
			if err := client.ProduceSync(ctx, numbered(n)).FirstErr(); err != nil {
				t.Errorf("record %d: %v", n, err)
				return
			}
			n++
		}
	}()
	stop = sync.OnceValue(func() int {
		close(stopping)
		<-stopped
		return n
	})
	t.Cleanup(func() { stop() })
	return stop
}

func numbered(n int) *kgo.Record { return kgo.StringRecord(fmt.Sprint("Record ", n)) }

// copies reads the copies of the records, none of which may be missing or there twice.
type copies struct {
	client *kgo.Client
	read   []*kgo.Record
	n      int // returned by next
}

func newCopies(t *testing.T, brokers []string, topic string) *copies {
	t.Helper()
	return &copies{client: newClient(t, kgo.SeedBrokers(brokers...), kgo.ConsumeTopics(topic))}
}

// next returns the value of the next copy.
func (c *copies) next(ctx context.Context, t *testing.T) string {
	t.Helper()
	for len(c.read) == 0 {
		fetches := c.client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d copies: %v", c.n, err)
		}
		c.read = fetches.Records()
	}
	value := string(c.read[0].Value)
	if want := fmt.Sprint("record ", c.n); !strings.EqualFold(value, want) {
		t.Fatalf("copy %d is %q", c.n, value)
	}
	c.read = c.read[1:]
	c.n++
	return value
}

// readTo reads until a copy begins with prefix.
func (c *copies) readTo(ctx context.Context, t *testing.T, prefix string) {
	t.Helper()
	for !strings.HasPrefix(c.next(ctx, t), prefix) {
	}
}

// A sight keeps what is written to it, and closes seen once that contains a text.
type sight struct {
	of   string
	seen chan struct{}

	mu   sync.Mutex
	text strings.Builder
	done bool
}

func (s *sight) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	if !s.done && strings.Contains(s.text.String(), s.of) {
		s.done = true
		close(s.seen)
	}
	return len(p), nil
}

func (s *sight) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
