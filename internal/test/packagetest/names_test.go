package packagetest

import (
	"slices"
	"testing"
)

// TestNamesAreUnique holds that no test of the suite stands in for another of its name.
func TestNamesAreUnique(t *testing.T) {
	names := append(suiteTests(t, "test"), suiteTests(t, "pageTest")...)
	slices.Sort(names)
	if len(names) == 0 || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("the suite's tests are %q", names)
	}
}
