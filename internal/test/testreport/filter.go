package testreport

import (
	"flag"
	"regexp"
	"strings"
	"testing"
)

// Args returns the arguments for a test binary that does what t is for: what it prints can be
// parsed, and it runs what -run and -skip ask for below t. With "go test -run TestChromium/Dial" those
// are the subtests of inner that match Dial; with an empty inner, the tests that do.
func Args(t *testing.T, inner string) []string {
	args := []string{Verbose}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	if inner != "" {
		inner = "^" + inner + "$"
	}
	run := below(value("test.run"), t.Name(), inner)
	if run == "" {
		run = inner
	}
	args = append(args, "-test.run="+run)
	if skip := below(value("test.skip"), t.Name(), inner); skip != "" {
		args = append(args, "-test.skip="+skip)
	}
	return args
}

func value(name string) string { return flag.Lookup(name).Value.String() }

// below returns the part of a pattern of -run or -skip that is about the subtests of the test with
// that name, after the pattern inner; empty if it says nothing of them.
func below(pattern, name, inner string) string {
	if pattern == "" {
		return ""
	}
	names := strings.Split(name, "/")
	var found []string
	for _, alternative := range split(pattern, '|') {
		parts := split(alternative, '/')
		if !match(parts, names) {
			continue
		}
		if len(parts) <= len(names) {
			return "" // all of it
		}
		rest := parts[len(names):]
		if inner != "" {
			rest = append([]string{inner}, rest...)
		}
		found = append(found, strings.Join(rest, "/"))
	}
	return strings.Join(found, "|")
}

// match reports whether the names match the patterns, as far as there are both.
func match(patterns, names []string) bool {
	for i := range min(len(patterns), len(names)) {
		if ok, err := regexp.MatchString(patterns[i], names[i]); !ok || err != nil {
			return false
		}
	}
	return true
}

// split splits a pattern as the testing package does: not within brackets or parentheses.
func split(pattern string, separator byte) (parts []string) {
	brackets, parentheses, start := 0, 0, 0
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '[':
			brackets++
		case c == ']':
			brackets = max(brackets-1, 0)
		case c == '(' && brackets == 0:
			parentheses++
		case c == ')' && brackets == 0:
			parentheses--
		case c == separator && brackets == 0 && parentheses == 0:
			parts = append(parts, pattern[start:i])
			start = i + 1
		}
	}
	return append(parts, pattern[start:])
}
