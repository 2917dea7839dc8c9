package bridge

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// dialAdvertised asks for a broker that the cluster names.
func (f *fakeNet) dialAdvertised(t *testing.T, to string, configured ...string) *tunnel.CloseError {
	t.Helper()
	ts := f.targets(t, configured...)
	named, err := parseTarget(to)
	if err != nil {
		t.Fatal(err)
	}
	ts.cluster.known.learn(map[target]bool{named: true})
	c, refusal := ts.connect(t.Context(), tunnel.Open{Target: to}, nobody)
	if c != nil {
		c.Close()
	}
	return refusal
}

func TestAdvertisedBrokerAtASpecialAddressIsDenied(t *testing.T) {
	for _, special := range []string{"127.0.0.1", "::1", "169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1"} {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "second": {special}}}
		refusal := f.dialAdvertised(t, "second:9092", "broker:9092")
		if refusal == nil || refusal.Code != tunnel.CodeDenied || len(f.attempts()) > 0 {
			t.Errorf("%s: %v", special, refusal)
		} else if !refusal.ReasonIs(tunnel.ReasonSpecial) || !strings.Contains(refusal.Reason, "configure second:9092") {
			t.Errorf("%s: the reason doesn't say what to configure: %v", special, refusal)
		}
	}
}

func TestSpecialAddressIsDialledWhereAConfiguredBrokerIs(t *testing.T) {
	for _, row := range []struct {
		configured, advertised string
		at                     []string // what the advertised name resolves to
		dialled                string   // empty: denied
	}{
		{"localhost:9092", "evil.example:22", []string{"127.0.0.1"}, ""}, // the port counts
		{"localhost:9092", "second.example:9092", []string{"127.0.0.1"}, "127.0.0.1:9092"},
		{"localhost:9092", "second.example:9092", []string{"::ffff:127.0.0.1"}, "127.0.0.1:9092"},
		// Debian's address of a machine's own name.
		{"localhost:9092", "127.0.1.1:9092", nil, "127.0.1.1:9092"},
		{"127.0.0.1:9092", "own.example:9092", []string{"127.0.1.1"}, "127.0.1.1:9092"},
		{"[::1]:9092", "own.example:9092", []string{"127.0.1.1"}, "127.0.1.1:9092"},
		{"localhost:9092", "127.0.1.1:9093", nil, ""},
		{"broker.example:9092", "127.0.1.1:9092", nil, ""},
		// Another special address is another machine, or any.
		{"localhost:9092", "0.0.0.0:9092", nil, ""},
		{"localhost:9092", "169.254.169.254:9092", nil, ""},
		{"169.254.1.1:9092", "169.254.169.254:9092", nil, ""},
		{"169.254.1.1:9092", "second.example:9092", []string{"169.254.1.1"}, "169.254.1.1:9092"},
		// What is not special stays.
		{"broker.example:9092", "second.example:9092", []string{"127.0.0.1", "192.0.2.9"}, "192.0.2.9:9092"},
	} {
		f := &fakeNet{names: map[string][]string{"localhost": {"127.0.0.1", "::1"}, "broker.example": {"192.0.2.1"}}}
		name, _, _ := strings.Cut(row.advertised, ":")
		if row.at != nil {
			f.names[name] = row.at
		}
		refusal := f.dialAdvertised(t, row.advertised, row.configured)
		dialled := f.attempts()
		if row.dialled == "" && (refusal == nil || refusal.Code != tunnel.CodeDenied || len(dialled) > 0) ||
			row.dialled != "" && (refusal != nil || !slices.Equal(dialled, []string{row.dialled})) {
			t.Errorf("%+v: %v, dialled %v", row, refusal, dialled)
		}
	}
}

func TestConfiguredBrokersAreLookedUpAllAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{
			names: map[string][]string{"own": {"127.0.1.1"}, "localhost": {"127.0.0.1"}},
			hangs: map[string]bool{"one": true, "two": true, "three": true},
		}
		defer f.close()
		started := time.Now()
		if refusal := f.dialAdvertised(t, "own:9092", "one", "two", "three", "localhost"); refusal != nil {
			t.Error(refusal)
		}
		if took := time.Since(started); took > 0 {
			t.Errorf("took %v: it waited for names that hang", took)
		}
	})
}

func TestConfiguredBrokerThatCannotBeLookedUpDeniesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{names: map[string][]string{"own": {"127.0.1.1"}}, hangs: map[string]bool{"one": true, "two": true}}
		started := time.Now()
		refusal := f.dialAdvertised(t, "own:9092", "one", "two")
		if refusal == nil || refusal.Code != tunnel.CodeTimeout || !strings.Contains(refusal.Reason, "configured broker") {
			t.Error(refusal)
		}
		if took := time.Since(started); took != maxStep {
			t.Errorf("took %v, want %v", took, maxStep)
		}
	})
}
