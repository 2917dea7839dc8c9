package bridge

import (
	"slices"
	"syscall"
	"testing"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

func TestSpecialBrokersAreThoseThatADialWouldFind(t *testing.T) {
	f := &fakeNet{names: map[string][]string{"localhost": {"127.0.0.1", "::1"}, "own": {"127.0.1.1"}, "far": {"192.0.2.1"}}}
	for _, broker := range []string{"127.0.0.1:9092", "127.0.0.1:9093", "own:9092", "own:9094", "far:9092", "unknown:9092", "[fe80::1]:9092"} {
		f.join(broker)
	}
	ts := f.targets(t, "localhost:9092")
	special, unlisted, err := ts.specialBrokers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"127.0.0.1:9092", "127.0.0.1:9093", "[fe80::1]:9092", "own:9092", "own:9094"}; !slices.Equal(special, want) {
		t.Errorf("special: %q, want %q", special, want)
	}
	if want := []string{"127.0.0.1:9093", "[fe80::1]:9092", "own:9094"}; !slices.Equal(unlisted, want) {
		t.Errorf("unlisted: %q, want %q", unlisted, want)
	}
	for _, broker := range special {
		c, refusal := ts.connect(t.Context(), tunnel.Open{Target: broker}, nobody)
		if c != nil {
			c.Close()
		}
		if refused := refusal != nil && refusal.ReasonIs(tunnel.ReasonSpecial); refused != slices.Contains(unlisted, broker) {
			t.Errorf("%s: %v", broker, refusal)
		}
	}
}

func TestSpecialBrokersOfAClusterThatCannotBeAskedAreNotKnown(t *testing.T) {
	f := &fakeNet{fail: map[string]error{"127.0.0.1:9092": syscall.ECONNREFUSED}}
	if special, unlisted, err := f.targets(t, "127.0.0.1:9092").specialBrokers(t.Context()); err == nil || special != nil || unlisted != nil {
		t.Errorf("%q, %q, %v", special, unlisted, err)
	}
}
