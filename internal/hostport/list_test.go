package hostport

import (
	"slices"
	"testing"
)

func TestList(t *testing.T) {
	for text, want := range map[string][]string{
		"":                           nil,
		" , ":                        nil,
		"a:9092":                     {"a:9092"},
		" a:9092/\n":                 {"a:9092"},
		"a:9092//":                   {"a:9092/"},
		"a:9092,b:9092, c,":          {"a:9092", "b:9092", "c"},
		"a:9092 b:9092":              {"a:9092", "b:9092"},
		"PLAINTEXT://a:9092,[::1]:1": {"PLAINTEXT://a:9092", "[::1]:1"},
	} {
		if got := List(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
