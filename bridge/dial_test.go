package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/kafkaio/kafkaio/internal/printable"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

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
		{target: "[::1]:22", code: tunnel.CodeDenied},
		{target: "bro\u212aer:9092", code: tunnel.CodeDenied},
		{target: "169.254.169.254:80", code: tunnel.CodeDenied},
		{target: "http://broker:9092/", code: tunnel.CodeMalformed},
		{target: "broker:port", code: tunnel.CodeMalformed},
		{target: ":9092", code: tunnel.CodeMalformed},

		// The name is allowed, what it resolves to now is not.
		{target: "broker:9092", names: map[string][]string{"broker": {"127.0.0.1"}}, dialed: "127.0.0.1:9092"}, // a configured broker is there itself
		{target: "unknown:9092", names: map[string][]string{}, code: tunnel.CodeUnreachable},                   // nobody could be asked
		{target: "broker:9092", names: map[string][]string{}, code: tunnel.CodeUnreachable},
	} {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "other": {"192.0.2.2"}}}
		if row.names != nil {
			f.names = row.names
		}
		ts := f.targets(t, "broker:9092")
		_, refusal := ts.connect(t.Context(), tunnel.Open{Target: row.target}, nobody)
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
		{errors.New("odd\xff\x1b[2J" + strings.Repeat("\xe4\xba", 2000)), tunnel.CodeUnreachable, "failed:"},
	} {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}}, fail: map[string]error{"192.0.2.1:9092": row.err}}
		_, refusal := f.targets(t, "broker").connect(t.Context(), tunnel.Open{Target: "broker"}, nobody)
		if refusal == nil || refusal.Code != row.code || !strings.HasPrefix(refusal.Reason, row.word) {
			t.Errorf("%v: %v", row.err, refusal)
		} else if r := refusal.Reason; !utf8.ValidString(r) || r != printable.Text(r) || len(r) > 1000 {
			t.Errorf("%v: the reason is %q", row.err, r)
		}
	}
}

func TestIPVersionIsTheClients(t *testing.T) {
	f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "both": {"192.0.2.1", "2001:db8::1"}}}
	_, refusal := f.targets(t, "broker").connect(t.Context(), tunnel.Open{Target: "broker", IPVersion: 6}, nobody)
	if refusal == nil || refusal.Code != tunnel.CodeIPVersion {
		t.Fatal(refusal)
	}
	if _, refusal = f.targets(t, "both").connect(t.Context(), tunnel.Open{Target: "both", IPVersion: 6}, nobody); refusal != nil {
		t.Fatal(refusal)
	}
	if want := []string{"[2001:db8::1]:9092"}; !slices.Equal(f.dialled, want) {
		t.Fatalf("dialled %v", f.dialled)
	}
}

func TestAddressesAreComparedAsAddresses(t *testing.T) {
	for _, row := range []struct{ configured, asked string }{
		{"[::1]:9092", "[0:0:0:0:0:0:0:1]:9092"},
		{"[2001:DB8::0:1]:9092", "[2001:db8::1]:9092"},
		{"127.0.0.1:9092", "[::ffff:127.0.0.1]:9092"},
		{"[::ffff:192.0.2.1]:9092", "192.0.2.1:9092"},
	} {
		f := &fakeNet{}
		ts := f.targets(t, row.configured)
		if c, refusal := ts.connect(t.Context(), tunnel.Open{Target: row.asked}, nobody); refusal != nil {
			t.Errorf("%s with %s configured: %v", row.asked, row.configured, refusal)
		} else {
			c.Close()
		}
	}
}

func TestWholeDialHasOneDeadline(t *testing.T) {
	hung := &fakeNet{hangs: map[string]bool{"broker": true, "second": true}}
	hole := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}}, blackHole: map[string]bool{"192.0.2.1:9092": true}}
	for name, row := range map[string]struct {
		net    *fakeNet
		target string
		after  time.Duration
	}{
		"lookup":           {hung, "broker", 1 * time.Second},
		"connect":          {hole, "broker", 2 * time.Second},
		"bootstrap lookup": {hung, "", 1 * time.Second},
		"bootstrap":        {hole, "", 2 * time.Second},
		"question":         {hole, "unknown", 3 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			brokers := []string{"broker"}
			started := time.Now()
			_, refusal := row.net.targets(t, brokers...).connect(t.Context(), tunnel.Open{Target: row.target, ResolveTimeout: time.Second, ConnectTimeout: 2 * time.Second}, nobody)
			if refusal == nil || refusal.Code != tunnel.CodeTimeout {
				t.Errorf("%s: %v", name, refusal)
			}
			if took := time.Since(started); took != row.after {
				t.Errorf("%s: took %v, want %v", name, took, row.after)
			}
			time.Sleep(questionTimeout) // until the question ends, which others may wait for
		})
	}
}

func TestClientWithoutLimitsHasTheBridges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{hangs: map[string]bool{"broker": true}}
		started := time.Now()
		f.targets(t, "broker").connect(t.Context(), tunnel.Open{Target: "broker"}, nobody)
		if took := time.Since(started); took != time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

// A closeCounter counts how often it is closed.
type closeCounter struct {
	net.Conn
	closed *atomic.Int32
}

func (c closeCounter) Close() error         { c.closed.Add(1); return nil }
func (c closeCounter) RemoteAddr() net.Addr { return nil }

func TestDialAndResolverThatIgnoreTheirContextHoldNobodyUp(t *testing.T) {
	for _, target := range []string{"broker", "", "[::1]:9092", "unknown"} {
		synctest.Test(t, func(t *testing.T) {
			var closed, opened atomic.Int32
			f := &fakeNet{}
			ts := f.targets(t, "broker", "[::1]:9092")
			ts.dialer.lookup = func(context.Context, string, string) ([]netip.Addr, error) {
				time.Sleep(time.Hour)
				return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
			}
			ts.dialer.dialOne = func(context.Context, string, string) (net.Conn, error) {
				time.Sleep(time.Hour)
				opened.Add(1)
				return closeCounter{closed: &closed}, nil
			}
			started := time.Now()
			_, refusal := ts.connect(t.Context(), tunnel.Open{Target: target, ResolveTimeout: time.Second, ConnectTimeout: time.Second}, nobody)
			if refusal == nil || refusal.Code != tunnel.CodeTimeout || time.Since(started) > 2*time.Second {
				t.Errorf("%q: %v after %v", target, refusal, time.Since(started))
			}
			time.Sleep(3 * time.Hour)
			synctest.Wait()
			if closed.Load() != opened.Load() {
				t.Errorf("%q: %d connections came late, %d were closed", target, opened.Load(), closed.Load())
			}
		})
	}
}

func TestDialFunctionThatReturnsNothingIsToldSo(t *testing.T) {
	f := &fakeNet{}
	ts := f.targets(t, "192.0.2.1:9092")
	ts.dialer.dialOne = func(context.Context, string, string) (net.Conn, error) { return nil, nil }
	for _, target := range []string{"", "192.0.2.1:9092", "unknown:9092"} {
		_, refusal := ts.connect(t.Context(), tunnel.Open{Target: target}, nobody)
		if refusal == nil || refusal.Code != tunnel.CodeUnreachable || !strings.Contains(refusal.Reason, "neither a connection nor an error") {
			t.Errorf("%q: %v", target, refusal)
		}
	}
}

// namelessConn has no address.
type namelessConn struct{ net.Conn }

func (namelessConn) RemoteAddr() net.Addr { return nil }

func TestConnectionWithoutAddressHasTheOneThatWasDialled(t *testing.T) {
	f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}}}
	ts := f.targets(t, "broker")
	ts.dialer.dialOne = func(context.Context, string, string) (net.Conn, error) { return namelessConn{}, nil }
	for _, target := range []string{"", "broker"} {
		c, refusal := ts.connect(t.Context(), tunnel.Open{Target: target}, nobody)
		if refusal != nil {
			t.Fatal(refusal)
		}
		if got := c.RemoteAddr().String(); got != "192.0.2.1:9092" {
			t.Errorf("%q: the address is %s", target, got)
		}
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
		ts.connect(t.Context(), tunnel.Open{Target: target}, nobody)
		for _, addr := range net.dialled {
			if addr != "192.0.2.1:9092" {
				t.Fatal(fmt.Errorf("target %q dialled %s", target, addr))
			}
		}
	})
}
