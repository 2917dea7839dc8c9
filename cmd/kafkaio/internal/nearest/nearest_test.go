package nearest

import "testing"

func TestDistance(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"broker", "broker", 0}, {"brokr", "broker", 1},
		{"borker", "broker", 2}, {"brokers", "broker", 1}, {"kitten", "sitting", 3},
	} {
		if got := Distance(row.a, row.b); got != row.want {
			t.Errorf("%q, %q: %d, want %d", row.a, row.b, got, row.want)
		}
	}
}
