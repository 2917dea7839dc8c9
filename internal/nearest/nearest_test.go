package nearest

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	known := []string{"read-only", "read-write", "produce-only", "Fetch", "OffsetFetch", "DescribeConfigs"}
	for name, want := range map[string]string{
		"readonly":                    "read-only",
		"Read_Only":                   "read-only",
		"read-onyl":                   "read-only",
		"read write":                  "read-write",
		"produce":                     "produce-only",
		"fetch":                       "Fetch",
		"Fetsh":                       "Fetch",
		"offset_fetch":                "OffsetFetch",
		"DescribeConfig":              "DescribeConfigs",
		"describeconfigs":             "DescribeConfigs",
		"":                            "",
		"x":                           "",
		"orders":                      "",
		"wholly other":                "",
		strings.Repeat("fetch", 1000): "",
	} {
		if got := Name(name, known); got != want {
			t.Errorf("%.40q: %q, want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"abc", "abc", 0}, {"ab", "ba", 2},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
