package bridge

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// TestAttackingTargets has a bridge with patterns and an advertised address that is elsewhere, and a
// cluster that names special addresses.
func TestAttackingTargets(t *testing.T) {
	for _, row := range []struct {
		target string
		code   tunnel.Code // 0: connected
		dialed string
	}{
		{target: "broker-1.prod:9093", dialed: "192.0.2.11:9093"},
		{target: "BROKER-1.Prod.:9093", dialed: "192.0.2.11:9093"},
		{target: "broker-.prod:9093", code: tunnel.CodeUnreachable}, // matches, and has no address
		{target: "[::ffff:192.0.2.9]:9092", dialed: "192.0.2.9:9092"},
		{target: "kafka:29092", dialed: "127.0.0.1:9092"},
		{target: "KAFKA.:29092", dialed: "127.0.0.1:9092"},

		// Userinfo, separators, control characters.
		{target: "broker-1.prod@evil:9093", code: tunnel.CodeMalformed},
		{target: "user:pass@broker-1.prod:9093", code: tunnel.CodeMalformed},
		{target: "broker-1.prod:9093\r\nX: y", code: tunnel.CodeMalformed},
		{target: "broker-1.prod\r\n:9093", code: tunnel.CodeMalformed},
		{target: "broker-1.prod:9093#fragment", code: tunnel.CodeMalformed},
		{target: "evil#broker-1.prod:9093", code: tunnel.CodeMalformed},
		{target: "evil?broker-1.prod:9093", code: tunnel.CodeMalformed},
		{target: "evil/broker-1.prod:9093", code: tunnel.CodeMalformed},
		{target: "broker-1%2eprod:9093", code: tunnel.CodeMalformed},
		{target: "broker-1.prod:9093:22", code: tunnel.CodeMalformed},
		{target: "broker-1.prod:+9093", code: tunnel.CodeMalformed},
		{target: "broker-1.prod:0", code: tunnel.CodeMalformed},
		{target: "broker-*.prod:9093", code: tunnel.CodeMalformed},
		{target: "broker-1.prod\x00.evil:9093", code: tunnel.CodeMalformed},
		{target: "broker-1.prod..:9093", code: tunnel.CodeMalformed},
		{target: ".prod:9093", code: tunnel.CodeMalformed},

		// More, or less, than the pattern says.
		{target: "broker-1.prod:9092", code: tunnel.CodeDenied},
		{target: "broker-1.x.prod:9093", code: tunnel.CodeDenied},
		{target: "xbroker-1.prod:9093", code: tunnel.CodeDenied},
		{target: "broker-1.prod.evil:9093", code: tunnel.CodeDenied},
		{target: "broker-1.pro\u0501:9093", code: tunnel.CodeDenied},
		{target: "broker-1\u3002prod:9093", code: tunnel.CodeDenied},
		{target: "broker-1.\uff50rod:9093", code: tunnel.CodeDenied},
		{target: "127.0.0.1:9092", code: tunnel.CodeDenied}, // where ConnectTo leads

		// Other spellings of addresses.
		{target: "2130706433:9092", code: tunnel.CodeMalformed},
		{target: "0177.0.0.1:9092", code: tunnel.CodeMalformed},
		{target: "0x7f000001:9092", code: tunnel.CodeMalformed},
		{target: "0x7F.1:9092", code: tunnel.CodeMalformed},
		{target: "127.1:9092", code: tunnel.CodeMalformed},
		{target: "192.0.2.9.:9092", dialed: "192.0.2.9:9092"},
		{target: "169.254.169.254:80", code: tunnel.CodeDenied},
		{target: "2852039166:80", code: tunnel.CodeMalformed},
		{target: "[::ffff:169.254.169.254]:80", code: tunnel.CodeDenied},
		{target: "[::ffff:a9fe:a9fe]:80", code: tunnel.CodeDenied},
		{target: "[fe80::1%eth0]:9092", code: tunnel.CodeDenied},
		{target: "[::%eth0]:9092", code: tunnel.CodeDenied},
		{target: "[::1%lo]:9092", code: tunnel.CodeDenied},
		{target: "[fe80::1%25eth0\r\n]:9092", code: tunnel.CodeMalformed},
		{target: "[::]:9092", code: tunnel.CodeDenied},
		{target: "0.0.0.0:9092", code: tunnel.CodeDenied},

		// Names that the configuration or the cluster allows, at addresses that nobody may name.
		{target: "broker-inside.prod:9093", code: tunnel.CodeDenied},
		{target: "broker-metadata.prod:9093", code: tunnel.CodeDenied},
		{target: "imds:80", code: tunnel.CodeDenied},
	} {
		f := &fakeNet{
			names: map[string][]string{
				"broker":               {"192.0.2.1"},
				"broker-1.prod":        {"192.0.2.11"},
				"broker-inside.prod":   {"127.0.0.1"},
				"broker-metadata.prod": {"::ffff:169.254.169.254"},
				"imds":                 {"169.254.169.254"},
			},
			cluster: []string{"192.0.2.9:9092", "[fe80::1%eth0]:9092", "[::%eth0]:9092", "[::1%lo]:9092", "169.254.169.254:80", "imds:80", "0.0.0.0:9092", "[::]:9092"},
		}
		ts := f.targetsOf(t, Config{
			Brokers:   []string{"broker:9092"},
			Targets:   []string{"Broker-*.prod:9093"},
			ConnectTo: map[string]string{"Kafka.:29092": "127.0.0.1:9092"},
		})
		_, refusal := ts.connect(t.Context(), tunnel.Open{Target: row.target}, nobody)
		var code tunnel.Code
		if refusal != nil {
			code = refusal.Code
		}
		dialed := f.attempts()
		var last string
		if len(dialed) > 0 {
			last = dialed[len(dialed)-1]
		}
		switch {
		case code != row.code:
			t.Errorf("%q: %v, code %d was expected", row.target, refusal, row.code)
		case code == 0 && last != row.dialed:
			t.Errorf("%q: dialled %q, want %q", row.target, dialed, row.dialed)
		case code == tunnel.CodeMalformed && len(dialed) > 0:
			t.Errorf("%q: dialled %q", row.target, dialed)
		}
		for _, a := range dialed {
			if isSpecial(netip.MustParseAddrPort(a).Addr()) && row.dialed != a {
				t.Errorf("%q: dialled %s", row.target, a)
			}
		}
		f.close()
	}
}

// The second lookup would lead elsewhere: there is none.
func TestNameThatChangesIsLookedUpOnce(t *testing.T) {
	f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}}}
	ts := f.targetsOf(t, Config{Brokers: []string{"broker"}, Targets: []string{"broker-*:9093"}})
	var lookups atomic.Int32
	ts.dialer.lookup = func(context.Context, string, string) ([]netip.Addr, error) {
		if lookups.Add(1) > 1 {
			return []netip.Addr{netip.MustParseAddr("169.254.169.254")}, nil
		}
		return []netip.Addr{netip.MustParseAddr("192.0.2.7")}, nil
	}
	if _, refusal := ts.connect(t.Context(), tunnel.Open{Target: "broker-1:9093"}, nobody); refusal != nil {
		t.Fatal(refusal)
	}
	if got := f.attempts(); len(got) != 1 || got[0] != "192.0.2.7:9093" {
		t.Errorf("dialled %q", got)
	}
	if _, refusal := ts.connect(t.Context(), tunnel.Open{Target: "broker-1:9093"}, nobody); refusal == nil || refusal.Code != tunnel.CodeDenied {
		t.Errorf("at 169.254.169.254: %v", refusal)
	}
	if got := f.attempts(); len(got) != 0 {
		t.Errorf("dialled %q", got)
	}
}

func TestPatterns(t *testing.T) {
	for _, row := range []struct {
		pattern, target string
		want            bool
	}{
		{"broker-*.prod:9093", "broker-1.prod:9093", true},
		{"broker-*.prod:9093", "broker-.prod:9093", true},
		{"*:9092", "broker", true},
		{"*:9092", "a.b", false},
		{"*.*:9092", "a.b", true},
		{"*", "broker", true},
		{"a*b*c", "abc", true},
		{"a*b*c", "axbxc", true},
		{"a*b*c", "ac", false},
		{"a*ba", "aba", true},
		{"a*ba", "ba", false},
		{"ab*ba", "aba", false},
		{"*", "192.0.2.1", false},
		{"*.*.*.*:9092", "192.0.2.1", false},
		{"*:9092", "[2001:db8::1]:9092", false},
		{"192.0.2.1:9092", "192.0.2.1:9092", true},
		{"[2001:DB8::1]:9092", "[2001:db8:0::1]:9092", true},
		{"broker:9092", "broker:9092", true},
		{"broker:9092", "broker:9093", false},
	} {
		p, err := parsePattern(row.pattern)
		if err != nil {
			t.Errorf("%s: %v", row.pattern, err)
			continue
		}
		to, err := parseTarget(row.target)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.matches(to); got != row.want {
			t.Errorf("%s matches %s: %v", row.pattern, row.target, got)
		}
	}
}

func TestConfigOfBrokersThatMakesNoSense(t *testing.T) {
	for name, row := range map[string]struct {
		config Config
		want   string
	}{
		"NoPattern":        {Config{Targets: []string{"broker *:9093"}}, "bridge: targets: \"broker *:9093\": host:port was expected"},
		"PatternOfPort":    {Config{Targets: []string{"broker:*"}}, "bridge: targets: \"broker:*\": host:port was expected"},
		"PatternOfAddress": {Config{Targets: []string{"10.0.0.*:9092"}}, "bridge: targets: \"10.0.0.*:9092\": a * matches host names alone"},
		"Advertised":       {Config{ConnectTo: map[string]string{"a b": "c"}}, "bridge: ConnectTo: address \"a b\""},
		"Real":             {Config{ConnectTo: map[string]string{"a": "c d"}}, "bridge: ConnectTo of a:9092: address \"c d\""},
		"Twice":            {Config{ConnectTo: map[string]string{"a": "c", "A.": "d"}}, "bridge: ConnectTo: a:9092 is there twice"},
		"Number":           {Config{Targets: []string{"2130706433:9092"}}, "bridge: targets: \"2130706433:9092\": host:port was expected"},
	} {
		row.config.Brokers = []string{"broker"}
		_, err := newTargets(row.config, slog.New(slog.DiscardHandler))
		if err == nil || !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("%s: %v, want %s", name, err, row.want)
		}
	}
}
