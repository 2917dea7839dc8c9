package bearer

import "testing"

func TestToken(t *testing.T) {
	for header, want := range map[string]string{
		"":              "",
		"Bearer":        "",
		"Bearer sesame": "sesame",
		"bearer sesame": "sesame",
		"Basic sesame":  "",
		"sesame":        "",
	} {
		if got := Token(header); got != want {
			t.Errorf("%q has the token %q, want %q", header, got, want)
		}
	}
}
