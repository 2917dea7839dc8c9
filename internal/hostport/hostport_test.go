package hostport

import (
	"net"
	"strconv"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, row := range []struct {
		addr, host string
		port       uint16 // 0: an error
	}{
		{"broker", "broker", 9092},
		{"broker:1234", "broker", 1234},
		{"Broker-1.example.:65535", "Broker-1.example.", 65535},
		{"my_broker:9092", "my_broker", 9092},
		{"bücher.example:9092", "bücher.example", 9092},
		{"192.0.2.1", "192.0.2.1", 9092},
		{"192.0.2.1:1", "192.0.2.1", 1},
		{"2001:db8::1", "2001:db8::1", 9092},
		{"[2001:db8::1]", "2001:db8::1", 9092},
		{"[2001:db8::1]:1234", "2001:db8::1", 1234},
		{"[fe80::1%eth0]:1234", "fe80::1%eth0", 1234},
		{"2001:db8::1:9092", "2001:db8::1:9092", 9092}, // which may be meant
		{"[::1:9092]", "::1:9092", 9092},

		{addr: ""},
		{addr: ":9092"},
		{addr: "broker:"},
		{addr: "broker:0"},
		{addr: "broker:65536"},
		{addr: "broker:-1"},
		{addr: "broker:+1"},
		{addr: "broker:kafka"},
		{addr: "kafka://broker:9092"},
		{addr: "http://broker:9092/"},
		{addr: "broker:9092/path"},
		{addr: "broker/path"},
		{addr: "user@broker:9092"},
		{addr: "bro ker:9092"},
		{addr: " broker:9092"},
		{addr: "broker\n:9092"},
		{addr: "broker\x00:9092"},
		{addr: "\xff:9092"},
		{addr: "a..b:9092"},
		{addr: ".:9092"},
		{addr: "one,two:9092"},
		{addr: "[broker]:9092"},
		{addr: "[::1:9092"},
		{addr: "[::1]9092"},
		{addr: "1:2:3"},
		{addr: "::1:9092"},
		{addr: "::ffff:127.0.0.1:9092"},
		{addr: "2001:db8:1:2:3:4:5:6:9092"},
		{addr: "[fe80::1%eth\n0]:9092"},
		{addr: "[fe80::1%\xff]:9092"},
		{addr: "[::1%@evil.example]:9092"},
		{addr: strings.Repeat("a", 64) + ".example:9092"},
		{addr: strings.Repeat("a.", 127) + "b:9092"},
	} {
		host, port, err := Parse(row.addr, 9092)
		switch {
		case row.port == 0 && err == nil:
			t.Errorf("%q was taken for %q, %d", row.addr, host, port)
		case row.port == 0 && !strings.Contains(err.Error(), "host:port was expected"):
			t.Errorf("%q: the error doesn't say what was expected: %v", row.addr, err)
		case row.port != 0 && (err != nil || host != row.host || port != row.port):
			t.Errorf("%q: %q, %d, %v", row.addr, host, port, err)
		}
	}
}

func TestErrorsSayWhatWasMeant(t *testing.T) {
	for addr, want := range map[string]string{
		"localhost:":                "there is no port after the colon; host:port",
		"[::1]:":                    "there is no port after the colon; host:port",
		"::1:9092":                  "did you mean [::1]:9092? host:port",
		"::ffff:127.0.0.1:9092":     "did you mean [::ffff:127.0.0.1]:9092?",
		"2001:db8:1:2:3:4:5:6:9092": "did you mean [2001:db8:1:2:3:4:5:6]:9092?",
		"::1:99999":                 "a character that no name has",
		"bro:ker:9092":              "a character that no name has",
	} {
		if _, _, err := Parse(addr, 9092); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", addr, err, want)
		}
	}
}

func TestNormal(t *testing.T) {
	for host, want := range map[string]string{
		"Broker.Example.":   "broker.example",
		"192.0.2.1":         "192.0.2.1",
		"::1":               "::1",
		"0:0:0:0:0:0:0:1":   "::1",
		"2001:DB8:0::1":     "2001:db8::1",
		"::ffff:127.0.0.1":  "127.0.0.1",
		"::ffff:7f00:1":     "127.0.0.1",
		"fe80:0::1%eth0":    "fe80::1%eth0",
		"127.0.0.1.example": "127.0.0.1.example",
		"127.0.0.1.":        "127.0.0.1",
		"bro\u212aer":       "bro\u212aer", // a sign that Unicode's lower case makes a k
	} {
		if got := Normal(host); got != want {
			t.Errorf("%q: got %q, want %q", host, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"broker:9092", "[::1]:9092", "::1", "a.b.c", "[", "]:", "x:y", "://", "\xff", "%", "[::1%\n]:1", "A.İ.", "::FFFF:1.2.3.4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, addr string) {
		host, port, err := Parse(addr, 9092)
		if err != nil {
			if len(err.Error()) > 1000 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		// An accepted address, joined again, parses to the same host and port.
		again, port2, err := Parse(net.JoinHostPort(host, strconv.Itoa(int(port))), 1)
		if err != nil || again != host || port2 != port {
			t.Fatalf("%q: %q %d, then %q %d %v", addr, host, port, again, port2, err)
		}
		normal := Normal(host)
		if again, _, err := Parse(net.JoinHostPort(normal, "1"), 1); err != nil || Normal(again) != normal {
			t.Fatalf("%q in normal form is %q, then %q, %v", host, normal, Normal(again), err)
		}
	})
}
