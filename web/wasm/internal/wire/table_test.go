package wire

import "testing"

func TestReadTableFailsOn(t *testing.T) {
	for _, text := range []string{
		"#ARequest 1 2",
		"#ARequest 1 2 99999",
		"#ARequest 1 2 -1\n.Field",
		"#ARequest 1 2 -1\n.Field 4 1 2 3 4",
		"#ARequest 1 2 -1\n.Field 4 99999",
	} {
		if _, err := readTable(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
