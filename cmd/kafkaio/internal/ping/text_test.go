package ping

import (
	"strings"
	"testing"
)

func TestWhatOthersSayIsMadeFit(t *testing.T) {
	for said, want := range map[string]string{
		"kafka-1.example":             "kafka-1.example",
		"two words, \"quoted\"":       "two words, \"quoted\"",
		"\x1b[2J":                     `\x1b[2J`,
		"a\r\nb\x00\x7f":              `a\r\nb\x00\x7f`,
		"\u009b31m":                   `\u009b31m`,
		"b\u00fccher":                 `b\u00fccher`,
		"\u202egnp.exe":               `\u202egnp.exe`,
		"\U0001f600":                  `\U0001f600`,
		"\xff\xfe":                    `\xff\xfe`,
		strings.Repeat("x", 60):       strings.Repeat("x", 50) + "...",
		strings.Repeat("\x1b", 1<<20): strings.Repeat(`\x1b`, 13) + "...",
	} {
		if got := clean(said, 50); got != want {
			t.Errorf("%.20q: %q, want %q", said, got, want)
		}
	}
}

func TestListsStayShort(t *testing.T) {
	for _, row := range []struct {
		items []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "a and b"},
		{[]string{"a", "b", "c", "d"}, "a, b, c and d"},
		{[]string{"a", "b", "c", "d", "e", "f"}, "a, b, c and 3 more"},
	} {
		if got := list(row.items); got != row.want {
			t.Errorf("%q: %q, want %q", row.items, got, row.want)
		}
	}
}

func TestCommandsAreWhatWasRunButForSomeFlags(t *testing.T) {
	given := []Flag{{"tls", ""}, {"ca", "my ca.pem"}, {"sasl", "plain"}, {"user", "o'neil"}, {"ipv4", ""}}
	a := (&pinger{options: Options{Flags: given}}).attempt("kafka", 9092)
	for _, row := range []struct {
		without []string
		with    []Flag
		want    string
	}{
		{nil, nil, `kafkaio ping kafka:9092 --tls --ca 'my ca.pem' --sasl plain --user 'o'\''neil' --ipv4`},
		{tlsFlags, nil, `kafkaio ping kafka:9092 --sasl plain --user 'o'\''neil' --ipv4`},
		{saslFlags, nil, `kafkaio ping kafka:9092 --tls --ca 'my ca.pem' --ipv4`},
		{saslFlags, []Flag{{"ca", "other.pem"}, {"key", "$(reboot)"}}, `kafkaio ping kafka:9092 --tls --ca other.pem --ipv4 --key '$(reboot)'`},
		{[]string{"ipv4"}, []Flag{{"tls", ""}, {"sasl", ""}, {"user", ""}, {"ca", ""}}, `kafkaio ping kafka:9092 --tls --ca --sasl --user`},
	} {
		if got := a.command(row.without, row.with...); got != row.want {
			t.Errorf("%s\nwant %s", got, row.want)
		}
	}
}
