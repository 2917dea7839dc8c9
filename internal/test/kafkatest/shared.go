package kafkatest

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/kafkaio/kafkaio/internal/test/leak"
)

// shared is what Shared starts.
var shared struct {
	start   func() (*brokers, error) // nil unless Main runs
	brokers *brokers

	mu     sync.Mutex
	failed bool // a test that used them has
}

// Shared returns the three brokers that all tests of a test binary share, and starts them for the
// first. TestMain has to call Main, which stops them. Tests that stop brokers or that need
// properties want their own cluster, from Start.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	if shared.start == nil {
		t.Fatal("kafkatest: TestMain has to call kafkatest.Main, which stops what Shared starts")
	}
	if c := given(t, Options{Brokers: 3}); c != nil {
		return c
	}
	requireComponents(t)
	b, err := shared.start()
	if err != nil {
		t.Fatalf("kafkatest: %v", err)
	}
	t.Cleanup(func() {
		shared.mu.Lock()
		defer shared.mu.Unlock()
		shared.failed = shared.failed || t.Failed()
	})
	return newCluster(t, b)
}

// Main runs the tests, stops the brokers of Shared and looks for goroutines that were left behind.
// It returns the exit code.
func Main(m *testing.M, ignored ...goleak.Option) int {
	shared.start = sync.OnceValues(func() (_ *brokers, err error) {
		shared.brokers, err = startBrokers(Options{Brokers: 3})
		return shared.brokers, err
	})
	code := m.Run()
	if shared.brokers != nil {
		if message := shared.brokers.end(shared.failed); message != "" {
			fmt.Fprintln(os.Stderr, message)
		}
	}
	if code == 0 {
		if err := leak.Find(ignored...); err != nil {
			fmt.Fprintf(os.Stderr, "goleak: %v\n", err)
			return 1
		}
	}
	return code
}
