// Package printable makes text from the network fit for an error, a log and a terminal.
package printable

import (
	"strconv"
	"strings"
)

// Text returns s with U+FFFD in place of each character that isn't printable (strconv.IsPrint), such as
// one that moves the cursor, starts a line or hides what follows.
func Text(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '\ufffd'
	}, s)
}
