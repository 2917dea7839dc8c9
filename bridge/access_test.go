package bridge

import (
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

func TestHostAndOriginDecide(t *testing.T) {
	d, err := newAccess(
		[]string{"kafka-tools.example", "2001:db8::0:1", "[2001:db8::2]", "192.0.2.7"},
		[]string{"https://pages.example:8443", "https://Plain.example:443", "http://old.example", "http://[2001:DB8::5]:80"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		host, origin string
		in           bool
	}{
		{"127.0.0.1:8642", "", true},
		{"127.9.9.9", "", true},
		{"[::1]:8642", "http://[::1]:8642", true},
		{"localhost:8642", "http://localhost:8642", true},
		{"LOCALHOST.:8642", "http://LOCALHOST.:8642", true},
		{"page.localhost:8642", "http://page.localhost:8642", true},
		{"kafka-tools.example", "https://kafka-tools.example", true},
		{"Kafka-Tools.Example:443", "https://kafka-tools.example:443", true},
		{"127.0.0.1:8642", "https://pages.example:8443", true},

		// Addresses are compared as addresses.
		{"[0:0:0:0:0:0:0:1]:8642", "http://[::1]:8642", true},
		{"[::ffff:127.0.0.1]:8642", "http://127.0.0.1:8642", true},
		{"[2001:DB8::1]:8642", "http://[2001:db8::1]:8642", true},
		{"[2001:db8:0::2]", "https://[2001:db8::2]", true},
		{"[::ffff:192.0.2.7]", "", true},
		{"[2001:db8::3]", "", false},
		{"[::1%evil.example]:8642", "", false},
		{"127.0.0.1:8642", "http://[2001:db8::5]", true},

		// A scheme's default port may be written or not (RFC 6454 section 4).
		{"kafka-tools.example:443", "https://kafka-tools.example", true},
		{"kafka-tools.example:80", "http://kafka-tools.example", true},
		{"kafka-tools.example", "https://kafka-tools.example:443", true},
		{"kafka-tools.example", "http://kafka-tools.example:80", true},
		{"kafka-tools.example", "https://plain.example", true},
		{"kafka-tools.example", "http://old.example:80", true},
		{"kafka-tools.example", "http://plain.example", false},
		{"kafka-tools.example", "https://old.example", false},
		{"kafka-tools.example:80", "https://kafka-tools.example", false},
		{"kafka-tools.example:443", "http://kafka-tools.example", false},
		{"kafka-tools.example:8443", "https://kafka-tools.example", false},
		{"kafka-tools.example", "https://kafka-tools.example:8443", false},
		{"kafka-tools.example", "http://kafka-tools.example:443", false},
		{"kafka-tools.example", "ftp://kafka-tools.example", false},
		{"kafka-tools.example", "https://kafka-tools.example/", false},
		{"kafka-tools.example", "https://x@kafka-tools.example", false},
		{"kafka-tools.example:99999", "", false},

		{"evil.example", "http://evil.example", false}, // a name that was rebound to this address
		{"evil.example:8642", "", false},
		{"localhost.evil.example:8642", "", false},
		{"127.0.0.1.evil.example:8642", "", false},
		{"192.0.2.1:8642", "", false},
		{"", "", false},
		{"127.0.0.1:8642", "http://evil.example", false}, // a page elsewhere
		{"127.0.0.1:8642", "http://127.0.0.1:9999", false},
		{"127.0.0.1:8642", "http://localhost:8642", false},
		{"127.0.0.1:8642", "https://pages.example", false},
		{"127.0.0.1:8642", "https://pages.example:8443.evil.example", false},
		{"127.0.0.1:8642", "null", false}, // a sandboxed frame, a file
		{"127.0.0.1:8642", "%", false},
	} {
		r := httptest.NewRequest("GET", "/kafka", nil)
		r.Host = row.host
		if row.origin != "" {
			r.Header.Set("Origin", row.origin)
		}
		refusal := d.check(r)
		if (refusal == nil) != row.in {
			t.Errorf("Host %q, Origin %q: %v", row.host, row.origin, refusal)
		}
		if refusal != nil && refusal.Code != tunnel.CodeDenied {
			t.Errorf("Host %q, Origin %q: refused with %d", row.host, row.origin, refusal.Code)
		}
	}
}

// FuzzDoor holds that nobody gets in under a name that isn't the bridge's, and that reasons are fit to
// be sent.
func FuzzDoor(f *testing.F) {
	for _, s := range [][2]string{{"tools.example", "https://tools.example:443"}, {"[::1]:1", "http://[0::1]:1"}, {"localhost", "null"}, {"", "://"}, {"[::1%x]", "http://"}} {
		f.Add(s[0], s[1])
	}
	d, err := newAccess([]string{"tools.example"}, []string{"https://pages.example"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, host, from string) {
		r := httptest.NewRequest("GET", "/kafka", nil)
		r.Host = host
		r.Header.Set("Origin", from)
		if refusal := d.check(r); refusal != nil {
			if len(refusal.Reason) > 1000 || !utf8.ValidString(refusal.Reason) {
				t.Errorf("Host %q, Origin %q: the reason is %q", host, from, refusal.Reason)
			}
			return
		}
		u, err := url.Parse("//" + host)
		if err != nil {
			return // a bare IPv6 address
		}
		if name := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."); name != "tools.example" && name != "localhost" && !strings.HasSuffix(name, ".localhost") && !net.ParseIP(name).IsLoopback() {
			t.Errorf("Host %q was let in", host)
		}
	})
}

func TestConfigThatMakesNoSenseIsNamed(t *testing.T) {
	for name, c := range map[string]Config{
		"no brokers":                   {},
		"broker with a path":           {Brokers: []string{"kafka://broker:9092"}},
		"broker without name":          {Brokers: []string{":9092"}},
		"broker with port 0":           {Brokers: []string{"broker:0"}},
		"host with a port":             {Brokers: []string{"b"}, Hosts: []string{"tools.example:443"}},
		"host with a scheme":           {Brokers: []string{"b"}, Hosts: []string{"https://tools.example"}},
		"IPv6 with a port":             {Brokers: []string{"b"}, Hosts: []string{"[2001:db8::1]:443"}},
		"host with a zone":             {Brokers: []string{"b"}, Hosts: []string{"fe80::1%eth0"}},
		"host in half of its brackets": {Brokers: []string{"b"}, Hosts: []string{"[2001:db8::1"}},
		"any host":                     {Brokers: []string{"b"}, Hosts: []string{"*"}},
		"origin without one":           {Brokers: []string{"b"}, Origins: []string{"tools.example"}},
		"origin with a path":           {Brokers: []string{"b"}, Origins: []string{"https://tools.example/"}},
		"any origin":                   {Brokers: []string{"b"}, Origins: []string{"*"}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
}

// Handlers beside the bridge refuse what it refuses.
func TestCheckSaysWhyARequestIsRefused(t *testing.T) {
	b, err := New(Config{Brokers: []string{"broker"}, Hosts: []string{"kafka-tools.example"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ host, origin, want string }{
		{"kafka-tools.example", "", ""},
		{"kafka-tools.example", "https://kafka-tools.example", ""},
		{"evil.example", "", "host: "},
		{"evil.example", "https://evil.example", "host: "},
		{"kafka-tools.example", "https://evil.example", `denied: this bridge's origins lack "https://evil.example"`},
	} {
		r := httptest.NewRequest("GET", "/kafka/", nil)
		r.Host = row.host
		if row.origin != "" {
			r.Header.Set("Origin", row.origin)
		}
		err := b.Check(r)
		if (err == nil) != (row.want == "") || err != nil && !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("%+v: %v", row, err)
		}
	}
}
