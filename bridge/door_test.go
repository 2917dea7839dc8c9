package bridge

import (
	"net/http/httptest"
	"testing"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

func TestDoor(t *testing.T) {
	d, err := newDoor([]string{"kafka-tools.example"}, []string{"https://pages.example:8443"})
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

func TestConfigThatMakesNoSenseIsNamed(t *testing.T) {
	for name, c := range map[string]Config{
		"no brokers":          {},
		"broker with a path":  {Brokers: []string{"kafka://broker:9092"}},
		"broker without name": {Brokers: []string{":9092"}},
		"broker with port 0":  {Brokers: []string{"broker:0"}},
		"host with a port":    {Brokers: []string{"b"}, Hosts: []string{"tools.example:443"}},
		"host with a scheme":  {Brokers: []string{"b"}, Hosts: []string{"https://tools.example"}},
		"origin without one":  {Brokers: []string{"b"}, Origins: []string{"tools.example"}},
		"origin with a path":  {Brokers: []string{"b"}, Origins: []string{"https://tools.example/"}},
		"any origin":          {Brokers: []string{"b"}, Origins: []string{"*"}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
}
