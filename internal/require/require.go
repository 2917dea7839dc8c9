// Package require is for tests that need something that a machine may lack: a browser, Java, a
// command that nobody here wrote.
package require

import (
	"fmt"
	"os"
	"testing"
)

const (
	// requireEnv set to "all" makes a test fail that cannot run.
	requireEnv = "KAFKAIO_REQUIRE"
	// notRunEnv names the file that collects what was not run, a line each.
	notRunEnv = "KAFKAIO_NOTRUN"
)

// Missing ends a test whose component is not there: it is skipped, or fails with
// KAFKAIO_REQUIRE=all. howToInstall completes "to run it: ", as in "apt-get install chromium".
// With KAFKAIO_NOTRUN naming a file, what was not run is appended to it.
func Missing(t testing.TB, component, howToInstall string) {
	t.Helper()
	message := fmt.Sprintf("%s is missing; to run it: %s", component, howToInstall)
	if err := record(t.Name() + ": " + message); err != nil {
		t.Errorf("recording what was not run: %v", err)
	}
	if os.Getenv(requireEnv) == "all" {
		t.Fatal(message)
	}
	t.Skip(message)
}

// record appends in one write, so that lines of test binaries that run side by side stay whole.
func record(line string) error {
	name := os.Getenv(notRunEnv)
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(line + "\n"); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
