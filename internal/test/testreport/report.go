package testreport

import (
	"slices"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// Report runs a subtest of t for each test that ran, with the same outcome. Of those in want the
// ones that -run selects must have run, at least one, and no others.
func Report(t *testing.T, want []string, ran []*Test) {
	t.Helper()
	selected := 0
	for _, name := range want {
		t.Run(name, func(t *testing.T) {
			selected++
			i := slices.IndexFunc(ran, func(test *Test) bool { return test.Name == name })
			if i < 0 {
				t.Fatal("it did not run")
			}
			repeat(t, ran[i])
		})
	}
	if selected == 0 {
		t.Error("nothing ran: no test of the suite matches -run")
	}
	for _, test := range ran {
		if !slices.Contains(want, test.Name) {
			t.Errorf("%s ran, of which the host of the suite does not know", test.Name)
		}
	}
	t.Logf("ran %d tests: %d passed, %d failed, %d were skipped",
		Count(ran, "PASS")+Count(ran, "FAIL"), Count(ran, "PASS"), Count(ran, "FAIL"), Count(ran, "SKIP"))
}

// repeat has t end as the test did.
func repeat(t *testing.T, test *Test) {
	t.Helper()
	for _, sub := range test.Subtests {
		t.Run(sub.Name, func(t *testing.T) { repeat(t, sub) })
	}
	if why, ok := require.Printed(test.Output); ok {
		require.NotRun(t, why)
	}
	if test.Output != "" {
		t.Logf("it printed:\n%s", test.Output)
	}
	switch {
	case test.Result == "":
		t.Error("it did not end")
	case test.Result == "SKIP":
		t.Error("it was skipped, and not by package require")
	case test.Result == "FAIL" && !t.Failed():
		t.Error("it failed")
	}
}
