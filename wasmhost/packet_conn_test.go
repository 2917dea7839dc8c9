package wasmhost

import (
	"bytes"
	"strings"
	"testing"
)

func TestDatagramsThatMakeNoSense(t *testing.T) {
	for _, row := range []struct {
		name, text string
		connected  bool
		want       wasiErrno
	}{
		{"nothing", "", false, wasiEINVAL},
		{"no address", "\nx", false, wasiEINVAL},
		{"no line", "192.0.2.1:53", false, wasiSuccess},
		{"a name", "localhost:53\nx", false, wasiEINVAL},
		{"no port", "192.0.2.1\nx", false, wasiEINVAL},
		{"a port too large", "192.0.2.1:65536\nx", false, wasiEINVAL},
		{"an endless address", strings.Repeat("1", maxPacket), false, wasiEINVAL},
		{"the longest", "[2001:db8::1]:53\n" + strings.Repeat("x", maxPacket), false, wasiSuccess},
		{"too long", "[2001:db8::1]:53\n" + strings.Repeat("x", maxPacket+1), false, wasiEMSGSIZE},
		{"much too long", strings.Repeat("x", 64<<20), false, wasiEMSGSIZE},
		{"nothing to the peer", "", true, wasiSuccess},
		{"the longest to the peer", strings.Repeat("x", maxPacket), true, wasiSuccess},
		{"too long for the peer", strings.Repeat("x", maxPacket+1), true, wasiEMSGSIZE},
	} {
		_, err := parsePacket([]byte(row.text), row.connected)
		if (err == nil) != (row.want == wasiSuccess) || err != nil && errnoOf(err) != row.want {
			t.Errorf("%s: %v, want errno %d", row.name, err, row.want)
		}
	}
}

func FuzzParsePacket(f *testing.F) {
	f.Add([]byte("192.0.2.1:53\nquestion"), false)
	f.Add([]byte("[fe80::1%eth0]:53\n"), false)
	f.Add([]byte("question"), true)
	f.Fuzz(func(t *testing.T, b []byte, connected bool) {
		d, err := parsePacket(b, connected)
		switch {
		case err != nil:
		case connected != (d.addr == nil) || !bytes.HasSuffix(b, d.payload):
			t.Errorf("%q gives %v, %q", b, d.addr, d.payload)
		default:
			again := make([]byte, maxText+len(b))
			again = again[:d.encode(again, connected)]
			if e, err := parsePacket(again, connected); err != nil || !bytes.Equal(e.payload, d.payload) {
				t.Errorf("%q is read as %q: %v", b, again, err)
			}
		}
	})
}
