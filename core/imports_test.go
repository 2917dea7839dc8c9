package core_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestCoreKnowsNoPlatform has the list of packages that the core must not import.
func TestCoreKnowsNoPlatform(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	imports := strings.Fields(string(out))
	if !slices.Contains(imports, "context") {
		t.Fatalf("go list told nothing: %q", out)
	}
	for _, banned := range []string{"net", "os", "syscall", "syscall/js"} {
		if slices.Contains(imports, banned) {
			t.Errorf("core imports %s", banned)
		}
	}
}
