// Package nearest finds the name that somebody meant by a mistyped one.
package nearest

import "strings"

// Letters is how many may be wrong in what is still recognised.
const Letters = 2

// Name returns the one of the names that is called almost like text, or that begins like it; or "".
func Name(text string, names []string) (nearest string) {
	least := min(Letters, len(text)/2) + 1
	for _, name := range names {
		d := Distance(text, name)
		if len(text) > 2 && strings.HasPrefix(name, text) {
			d = min(d, 1)
		}
		if d < least {
			nearest, least = name, d
		}
	}
	return nearest
}

// Distance is how many bytes are to be put in, left out or changed to make b of a (Levenshtein's).
func Distance(a, b string) int {
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
