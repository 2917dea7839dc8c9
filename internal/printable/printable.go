// Package printable makes text from the network fit for an error, a log and a terminal.
package printable

import (
	"strconv"
	"strings"
)

// Text returns s with a replacement character in the place of each that isn't printed: one that
// moves the cursor, starts a new line or hides what follows, say.
func Text(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '\ufffd'
	}, s)
}
