package printable

import (
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"Zugriff für Ünal denied":   "Zugriff für Ünal denied",
		"\x1b[2Jgone\nnew line\x07": "\ufffd[2Jgone\ufffdnew line\ufffd",
		"not \xff UTF-8":            "not \ufffd UTF-8",
		"right\u202eleft":           "right\ufffdleft",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("refused: nothing listens\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !utf8.ValidString(got) || Text(got) != got {
			t.Errorf("%q became %q", s, got)
		}
		for _, r := range got {
			if r < ' ' || r == 0x7f {
				t.Errorf("%q has a control character", got)
			}
		}
	})
}
