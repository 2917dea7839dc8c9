package bridge

import (
	"context"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	at1, at2, at3 = "192.0.2.1:9092", "192.0.2.2:9092", "192.0.2.3:9092"
)

func threeNames() map[string][]string {
	return map[string][]string{"one": {"192.0.2.1"}, "two": {"192.0.2.2"}, "three": {"192.0.2.3"}}
}

// bootstrap connects to any broker within a time.
func (f *fakeNet) bootstrap(t *testing.T, ts *targets, within time.Duration) *tunnel.CloseError {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	c, refusal := ts.connect(ctx, tunnel.Open{}, nobody)
	if c != nil {
		c.Close()
	}
	return refusal
}

func TestBootstrapFallsBackToTheNextBroker(t *testing.T) {
	f := &fakeNet{names: threeNames(), fail: map[string]error{at1: syscall.ECONNREFUSED}}
	if refusal := f.bootstrap(t, f.targets(t, "one", "two"), time.Minute); refusal != nil {
		t.Fatal(refusal)
	}
	f.fail[at2] = os.ErrDeadlineExceeded
	refusal := f.bootstrap(t, f.targets(t, "one", "two"), time.Minute)
	if refusal == nil || refusal.Code != tunnel.CodeUnreachable || !strings.HasPrefix(refusal.Reason, "refused: ") || !strings.Contains(refusal.Reason, "two:9092 in time") {
		t.Fatal(refusal)
	}
}

func TestDeadBootstrapBrokerDoesNotFailTheDial(t *testing.T) {
	for name, f := range map[string]*fakeNet{
		"answers no attempt":    {names: threeNames(), blackHole: map[string]bool{at1: true}},
		"its name hangs":        {names: threeNames(), hangs: map[string]bool{"one": true}},
		"its name is not known": {names: map[string][]string{"two": {"192.0.2.2"}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			defer f.close()
			ts := f.targets(t, "one", "two")
			for _, most := range []time.Duration{250 * time.Millisecond, 0} { // then the good one is first
				started := time.Now()
				if refusal := f.bootstrap(t, ts, 1400*time.Millisecond); refusal != nil {
					t.Errorf("%s: %v", name, refusal)
				}
				if took := time.Since(started); took > most {
					t.Errorf("%s: took %v, at most %v was expected", name, took, most)
				}
			}
		})
	}
}

func TestBootstrapOrderFollowsWhatHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{names: threeNames(), fail: map[string]error{at1: syscall.ECONNREFUSED}}
		defer f.close()
		ts := f.targets(t, "one", "two", "three", "two")
		attempts := func(want ...string) {
			t.Helper()
			if got := f.attempts(); !slices.Equal(got, want) {
				t.Errorf("tried %v, want %v", got, want)
			}
		}
		f.bootstrap(t, ts, time.Second)
		attempts(at1, at2) // the one that failed is last from now on
		f.fail = map[string]error{at2: syscall.ECONNREFUSED}
		f.bootstrap(t, ts, time.Second)
		attempts(at2, at3)
		f.fail, f.blackHole = nil, map[string]bool{at3: true}
		f.bootstrap(t, ts, time.Second)
		attempts(at3, at1) // overtaken: it said nothing
		f.bootstrap(t, ts, time.Second)
		attempts(at1)
	})
}

func TestClientThatTriesAgainReachesAnotherBroker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{names: threeNames(), blackHole: map[string]bool{at1: true}}
		defer f.close()
		ts := f.targets(t, "one", "two")
		// It leaves before a second attempt begins.
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		ts.connect(ctx, tunnel.Open{}, nobody)
		if refusal := f.bootstrap(t, ts, 100*time.Millisecond); refusal != nil {
			t.Error(refusal)
		}
		if got, want := f.attempts(), []string{at1, at2}; !slices.Equal(got, want) {
			t.Errorf("tried %v, want %v", got, want)
		}
	})
}

func TestBrokerThatSaysNothingIsLast(t *testing.T) {
	f := &fakeNet{names: threeNames()}
	ts := f.targets(t, "one", "two")
	for _, want := range []string{at1, at2, at1} {
		c, refusal := ts.connect(t.Context(), tunnel.Open{}, nobody)
		if refusal != nil {
			t.Fatal(refusal)
		}
		if got := f.attempts(); !slices.Equal(got, []string{want}) {
			t.Errorf("tried %v, want %s", got, want)
		}
		ts.bootstrap.saidNothing(c.RemoteAddr())
		c.Close()
	}
}
