// Package testreport repeats the outcome of a test binary that runs elsewhere, such as one in a
// browser, as subtests of the test that ran it. A run that left something out fails.
package testreport

import (
	"regexp"
	"strings"
)

// Verbose is the argument that makes a test binary print what Parse reads.
const Verbose = "-test.v=test2json"

// A Test is one that began to run.
type Test struct {
	Name     string // without those of the tests that it is part of
	Result   string // PASS, FAIL or SKIP; empty if it did not end
	Output   string // without that of its subtests
	Subtests []*Test
}

// marker begins each line of the testing package's own. Anything may be in the line before it.
const marker = "\x16"

var (
	began = regexp.MustCompile(`^=== (?:RUN|NAME|CONT|PAUSE) +(.*)$`)
	ended = regexp.MustCompile(`^ *--- (PASS|FAIL|SKIP): (.*) \([0-9.]+s\)$`)
)

// Parse returns the tests at the top level in the order in which they began, with their subtests.
func Parse(output string) []*Test {
	var root, current Test
	at := &current
	for i, part := range strings.Split(output, marker) {
		if i == 0 {
			continue // before the first test
		}
		line, printed, _ := strings.Cut(part, "\n")
		if m := began.FindStringSubmatch(line); m != nil {
			at = root.named(m[1])
		} else if m := ended.FindStringSubmatch(line); m != nil {
			at = root.named(m[2])
			at.Result = m[1]
		} else {
			at = &current
		}
		at.Output += printed
	}
	return root.Subtests
}

// named returns the subtest of that name, whose parts are separated by slashes.
func (t *Test) named(name string) *Test {
	if name == "" {
		return new(Test) // between tests
	}
	for part := range strings.SplitSeq(name, "/") {
		sub := t.sub(part)
		if sub == nil {
			sub = &Test{Name: part}
			t.Subtests = append(t.Subtests, sub)
		}
		t = sub
	}
	return t
}

func (t *Test) sub(name string) *Test {
	for _, sub := range t.Subtests {
		if sub.Name == name {
			return sub
		}
	}
	return nil
}

// Count returns how many tests ended with a result. Those that have subtests are not counted.
func Count(tests []*Test, result string) (n int) {
	for _, t := range tests {
		if len(t.Subtests) > 0 {
			n += Count(t.Subtests, result)
		} else if t.Result == result {
			n++
		}
	}
	return n
}
