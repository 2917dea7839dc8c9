package clientid

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClientIDBeginsWithTheIdentity(t *testing.T) {
	for _, row := range []struct{ identity, clientID, want string }{
		{"", "", ""},
		{"", "rdkafka", "rdkafka"},
		{"", "__admin_client", "nobody/__admin_client"},
		{"ci", "rdkafka", "ci/rdkafka"},
		{"ci", "", "ci"},
		{"ci", "a/b", "ci/a/b"},
	} {
		if got := string(For(row.identity, []byte(row.clientID))); got != row.want {
			t.Errorf("%q, %q: %q", row.identity, row.clientID, got)
		}
	}
	for _, letter := range []string{"a", "ä", "字", "𝄞"} {
		long := For("ci", bytes.Repeat([]byte(letter), 40000))
		if len(long) > 32767 || len(long) < 32760 || !utf8.Valid(long) {
			t.Errorf("a long client_id of %s has %d bytes", letter, len(long))
		}
	}
}

func TestIdentitiesThatCannotBeginAClientID(t *testing.T) {
	for identity, want := range map[string]string{
		"":                        "",
		"ana@kafka.example":       "",
		"_admin_client":           "",
		"ci/rdkafka":              "has a /",
		"/":                       "has a /",
		"__admin_client":          "begins with __admin_client",
		"__admin_client-sesame42": "begins with __admin_client",
	} {
		err := CheckIdentity(identity)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", identity, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "sesame") {
			t.Errorf("%q is shown: %v", identity, err)
		}
	}
}
