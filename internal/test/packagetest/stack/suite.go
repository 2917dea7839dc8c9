package stack

import (
	"flag"
	"strings"
)

// Only is the part of -run that chooses among the suite's tests; empty: all.
func Only() string {
	run := flag.Lookup("test.run")
	if run == nil {
		return ""
	}
	_, tests, _ := strings.Cut(run.Value.String(), "/")
	return tests
}
