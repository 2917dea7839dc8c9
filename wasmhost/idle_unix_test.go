//go:build unix

package wasmhost

import (
	"syscall"
	"testing"
	"time"
)

// A guest that waits for its peers costs the host nothing. The budget is 2 % of a core; the
// bound here is wider, for machines that are busy with other things.
func TestIdleGuestBurnsNoCPU(t *testing.T) {
	const bound = 0.1 // of one core
	g := startProg(t, Config{Dial: dialService}, "hold", "stuck:1", "50")
	g.line(t)
	before, start := cpuTime(t), time.Now()
	time.Sleep(time.Second) // what is measured
	used := float64(cpuTime(t)-before) / float64(time.Since(start))
	t.Logf("%.2f %% of a core", 100*used)
	if used > bound {
		t.Errorf("an idle guest uses %.0f %% of a core", 100*used)
	}
	g.stop()
	<-g.ended
}

// cpuTime returns what this process has used.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
