package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// fakeNet resolves names from a table and records what was dialled.
type fakeNet struct {
	names map[string][]string
	fail  map[string]error // by address

	mu      sync.Mutex
	dialled []string
}

func (f *fakeNet) targets(t *testing.T, brokers ...string) *targets {
	t.Helper()
	ts, err := newTargets(brokers, f.dial, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ts.dialer.lookup = func(_ context.Context, _, host string) (addrs []netip.Addr, err error) {
		for _, a := range f.names[host] {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		if len(addrs) == 0 {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return addrs, nil
	}
	return ts
}

func (f *fakeNet) dial(_ context.Context, _, addr string) (net.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dialled = append(f.dialled, addr)
	if err := f.fail[addr]; err != nil {
		return nil, &net.OpError{Op: "dial", Err: err}
	}
	a, b := net.Pipe()
	b.Close()
	return a, nil
}

func TestTargetsAreDefaultDeny(t *testing.T) {
	for _, row := range []struct {
		target string
		names  map[string][]string
		code   tunnel.Code // 0: connected
		dialed string
	}{
		{target: "broker:9092", dialed: "192.0.2.1:9092"},
		{target: "broker", dialed: "192.0.2.1:9092"},
		{target: "BROKER.:9092", dialed: "192.0.2.1:9092"},
		{target: "", dialed: "192.0.2.1:9092"},

		{target: "broker:22", code: tunnel.CodeDenied},
		{target: "192.0.2.1:9092", code: tunnel.CodeDenied}, // the name is what was configured
		{target: "other:9092", code: tunnel.CodeDenied},
		{target: "127.0.0.1:22", code: tunnel.CodeDenied},
		{target: "169.254.169.254:80", code: tunnel.CodeDenied},
		{target: "http://broker:9092/", code: tunnel.CodeMalformed},
		{target: "broker:port", code: tunnel.CodeMalformed},
		{target: ":9092", code: tunnel.CodeMalformed},

		// The name is allowed, what it resolves to now is not.
		{target: "broker:9092", names: map[string][]string{"broker": {"127.0.0.1"}}, dialed: "127.0.0.1:9092"}, // a configured broker is there itself
		{target: "unknown:9092", names: map[string][]string{}, code: tunnel.CodeDenied},
		{target: "broker:9092", names: map[string][]string{}, code: tunnel.CodeUnreachable},
	} {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "other": {"192.0.2.2"}}}
		if row.names != nil {
			f.names = row.names
		}
		ts := f.targets(t, "broker:9092")
		f.fail = map[string]error{}
		_, refusal := ts.connect(t.Context(), tunnel.Open{Target: row.target})
		switch {
		case row.code == 0 && refusal != nil:
			t.Errorf("%q: %v", row.target, refusal)
		case row.code != 0 && (refusal == nil || refusal.Code != row.code):
			t.Errorf("%q: %v, code %d was expected", row.target, refusal, row.code)
		case row.dialed != "" && !slices.Equal(f.dialled, []string{row.dialed}):
			t.Errorf("%q: dialled %v", row.target, f.dialled)
		}
	}
}

func TestAdvertisedBrokerAtASpecialAddressIsDenied(t *testing.T) {
	for _, special := range []string{"127.0.0.1", "::1", "169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::ffff:127.0.0.1"} {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "second": {special}}}
		ts := f.targets(t, "broker:9092")
		ts.advertised = map[string]bool{"second:9092": true}
		_, refusal := ts.connect(t.Context(), tunnel.Open{Target: "second:9092"})
		if refusal == nil || refusal.Code != tunnel.CodeDenied || len(f.dialled) > 0 {
			t.Errorf("%s: %v, dialled %v", special, refusal, f.dialled)
		}
	}
}

func TestBootstrapFallsBackToTheNextBroker(t *testing.T) {
	f := &fakeNet{
		names: map[string][]string{"one": {"192.0.2.1"}, "two": {"192.0.2.2"}},
		fail:  map[string]error{"192.0.2.1:9092": syscall.ECONNREFUSED},
	}
	if _, refusal := f.targets(t, "one", "two").connect(t.Context(), tunnel.Open{}); refusal != nil {
		t.Fatal(refusal)
	}
	f.fail["192.0.2.2:9092"] = os.ErrDeadlineExceeded
	_, refusal := f.targets(t, "one", "two").connect(t.Context(), tunnel.Open{})
	if refusal == nil || !strings.HasPrefix(refusal.Reason, "refused: ") {
		t.Fatal(refusal)
	}
}

func TestFailedDialsHaveTheirCodeAndWord(t *testing.T) {
	for _, row := range []struct {
		err  error
		code tunnel.Code
		word string
	}{
		{syscall.ECONNREFUSED, tunnel.CodeUnreachable, "refused:"},
		{syscall.EHOSTUNREACH, tunnel.CodeUnreachable, "unreachable:"},
		{os.ErrDeadlineExceeded, tunnel.CodeTimeout, "timeout:"},
		{context.DeadlineExceeded, tunnel.CodeTimeout, "timeout:"},
		{errors.New("odd"), tunnel.CodeUnreachable, "failed:"},
	} {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}}, fail: map[string]error{"192.0.2.1:9092": row.err}}
		_, refusal := f.targets(t, "broker").connect(t.Context(), tunnel.Open{Target: "broker"})
		if refusal == nil || refusal.Code != row.code || !strings.HasPrefix(refusal.Reason, row.word) {
			t.Errorf("%v: %v", row.err, refusal)
		}
	}
}

func TestIPVersionIsTheClients(t *testing.T) {
	f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "both": {"192.0.2.1", "2001:db8::1"}}}
	_, refusal := f.targets(t, "broker").connect(t.Context(), tunnel.Open{Target: "broker", IPVersion: 6})
	if refusal == nil || refusal.Code != tunnel.CodeIPVersion {
		t.Fatal(refusal)
	}
	if _, refusal = f.targets(t, "both").connect(t.Context(), tunnel.Open{Target: "both", IPVersion: 6}); refusal != nil {
		t.Fatal(refusal)
	}
	if want := []string{"[2001:db8::1]:9092"}; !slices.Equal(f.dialled, want) {
		t.Fatalf("dialled %v", f.dialled)
	}
}

// FuzzTarget holds that no target is dialled but the one broker there is, however it is spelt.
func FuzzTarget(f *testing.F) {
	for _, s := range []string{"", "broker:9092", "broker", "[::1]:9092", "127.0.0.1:9092", "broker:9092\x00.evil", "broker:09092", "@broker:9092", "broker:9092#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, target string) {
		net := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}}}
		ts := net.targets(t, "broker:9092")
		ts.connect(t.Context(), tunnel.Open{Target: target})
		for _, addr := range net.dialled {
			if addr != "192.0.2.1:9092" {
				t.Fatal(fmt.Errorf("target %q dialled %s", target, addr))
			}
		}
	})
}
