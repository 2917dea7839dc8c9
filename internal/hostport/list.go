package hostport

import "strings"

// List splits a list of addresses as somebody types or pastes it: with commas or blanks between them,
// maybe one at its end, and maybe a slash after an address. What it returns is still to be parsed.
func List(text string) []string {
	addrs := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	for i := range addrs {
		addrs[i] = strings.TrimSuffix(addrs[i], "/")
	}
	return addrs
}
