// Package require is for tests that need something that a machine may lack: a browser, Java, a
// command that nobody here wrote. No test is skipped but by it.
package require

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

const (
	// requireEnv set to "all" makes a test fail that cannot run.
	requireEnv = "KAFKAIO_REQUIRE"
	// notRunEnv names the file that collects what was not run, a line each.
	notRunEnv = "KAFKAIO_NOTRUN"
	// printed is the file of a test binary that has none: it prints what it does not run, in lines
	// that begin with notRunEnv.
	printed = "-"
)

// Missing ends a test whose component is not there: it is skipped, or fails with
// KAFKAIO_REQUIRE=all. howToInstall completes "to run it: ", as in "apt-get install chromium".
// With KAFKAIO_NOTRUN naming a file, what was not run is appended to it.
func Missing(t testing.TB, component, howToInstall string) {
	t.Helper()
	NotRun(t, fmt.Sprintf("%s is missing; to run it: %s", component, howToInstall))
}

// Long ends a test as Missing does if it is run with -short, which leaves out what takes long: a
// browser, Apache Kafka.
func Long(t testing.TB, uses string) {
	t.Helper()
	if testing.Short() {
		NotRun(t, uses+": left out by -short")
	}
}

// NotRun ends a test as Missing does, and says why.
func NotRun(t testing.TB, why string) {
	t.Helper()
	if err := record(t.Name(), why); err != nil {
		t.Errorf("recording what was not run: %v", err)
	}
	switch required := os.Getenv(requireEnv); required {
	case "":
		t.Skip(why)
	case "all":
		t.Fatal(why)
	default:
		t.Fatalf("%s is %q, and may be all or empty; %s", requireEnv, required, why)
	}
}

// record appends in one write, so that lines of test binaries that run side by side stay whole.
func record(test, why string) error {
	name := os.Getenv(notRunEnv)
	switch name {
	case "":
		return nil
	case printed:
		_, err := fmt.Printf("%s %q\n", notRunEnv, why)
		return err
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(test + ": " + why + "\n"); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// Elsewhere is the environment of a test binary that runs where it has no files, as in a browser:
// what is required is the same there, and what was not run is printed.
func Elsewhere() map[string]string {
	return map[string]string{requireEnv: os.Getenv(requireEnv), notRunEnv: printed}
}

// Printed returns why a test that ran elsewhere was not run, from what it printed.
func Printed(output string) (why string, ok bool) {
	for line := range strings.Lines(output) {
		if quoted, found := strings.CutPrefix(strings.TrimSpace(line), notRunEnv+" "); found {
			why, err := strconv.Unquote(quoted)
			return why, err == nil
		}
	}
	return "", false
}
