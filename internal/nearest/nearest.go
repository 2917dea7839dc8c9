// Package nearest finds the name that somebody meant who mistyped one.
package nearest

import "strings"

// Letters is how many may be wrong in what is still recognised.
const Letters = 2

// Name returns the known name that is spelled most like name, or "" if none is. Upper case, hyphens,
// underscores and blanks make no difference. Names are ASCII, and name is short: the time is their product.
func Name(name string, known []string) (nearest string) {
	bare := plain(name)
	if len(bare) > 64 {
		return ""
	}
	least := min(Letters, len(bare)/2) + 1
	for _, k := range known {
		candidate := plain(k)
		d := distance(bare, candidate)
		if len(bare) > 2 && strings.HasPrefix(candidate, bare) {
			d = min(d, 1)
		}
		if d < least {
			nearest, least = k, d
		}
	}
	return nearest
}

func plain(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// distance is how many bytes are to be put in, left out or changed to make b of a (Levenshtein's).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0] // of the row above, one to the left
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
