package kafkatest

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/kafkaio/kafkaio/internal/test/leak"
)

// A sharing is a cluster that all tests of a test binary share.
type sharing struct {
	mu      sync.Mutex
	started bool
	brokers *brokers
	err     error
	failed  bool // a test that used them has
}

var (
	shared sharing

	mainRuns bool // else nobody ends what is shared
)

// Shared returns the three brokers that all tests of a test binary share, and starts them for the
// first. TestMain has to call Main, which stops them. Tests that stop brokers or that need
// properties want their own cluster, from Start.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	if c := given(t, Options{Brokers: 3}); c != nil {
		return c
	}
	requireComponents(t)
	return shared.cluster(t)
}

func (s *sharing) cluster(t testing.TB) *Cluster {
	t.Helper()
	if !mainRuns {
		t.Fatal("kafkatest: TestMain has to call kafkatest.Main, which stops what is shared")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.started {
		s.started = true
		s.brokers, s.err = startBrokers(Options{Brokers: 3})
	}
	if s.err != nil {
		t.Fatalf("kafkatest: %v", s.err)
	}
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failed = s.failed || t.Failed()
	})
	return newCluster(t, s.brokers)
}

func (s *sharing) end() {
	if s.brokers == nil {
		return
	}
	if message := s.brokers.end(s.failed); message != "" {
		fmt.Fprintln(os.Stderr, message)
	}
}

// Main runs the tests, stops the brokers that they shared and looks for goroutines that were left behind.
// It returns the exit code.
func Main(m *testing.M, ignored ...goleak.Option) int {
	mainRuns = true
	code := m.Run()
	shared.end()
	if code == 0 {
		if err := leak.Find(ignored...); err != nil {
			fmt.Fprintf(os.Stderr, "goleak: %v\n", err)
			return 1
		}
	}
	return code
}
