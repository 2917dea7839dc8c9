// Package leak finds goroutines that tests leave behind.
package leak

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience is longer than a client's session with a bridge stays after its last stream (5 s).
const patience = 15 * time.Second

// Find returns an error if goroutines are left that don't end by themselves in time.
func Find(ignored ...goleak.Option) error {
	end := time.Now().Add(patience)
	for {
		err := goleak.Find(ignored...) // which waits for some time itself
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

// Run runs a package's tests, and returns their exit code: that of a failure if they leave goroutines.
func Run(m *testing.M, ignored ...goleak.Option) int {
	code := m.Run()
	if code == 0 {
		if err := Find(ignored...); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	return code
}

// Main is Run for a TestMain that has nothing else to do.
func Main(m *testing.M, ignored ...goleak.Option) { os.Exit(Run(m, ignored...)) }
