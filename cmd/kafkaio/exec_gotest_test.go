package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// kafkaioFile compiles the command.
func kafkaioFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kafkaio")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// goTest has go test run the tests of testdata/exectest by this runner, and returns what it prints.
func goTest(t *testing.T, goos, runner string, want ...string) {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "cover.out")
	test := exec.CommandContext(t.Context(), "go", "test", "-exec", runner, "-v", "-bench=.", "-benchtime=10x", "-coverprofile="+profile, ".")
	test.Dir = "testdata/exectest"
	// A page has no room for the long variable.
	test.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=wasm", "GOFLAGS=", "KAFKAIO_EXECTEST=passed on", "KAFKAIO_LONG="+strings.Repeat("x", 2*jsRoom))
	out, err := test.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	mustSay(t, string(out), append(want, "--- PASS: TestFilesAreThere", "--- PASS: TestEnvironment", "--- PASS: FuzzDouble/seed#0", "BenchmarkDouble", "coverage:")...)
	if text, err := os.ReadFile(profile); err != nil || !strings.HasPrefix(string(text), "mode: ") {
		t.Errorf("the profile: %q, %v", text, err)
	}
}

func TestExecRunsTests(t *testing.T) {
	goTest(t, "wasip1", kafkaioFile(t)+" exec", "--- PASS: TestRunsAsWASI")
}

func TestExecRunsTestsInBrowsers(t *testing.T) {
	kafkaio := kafkaioFile(t)
	for _, b := range browser.All {
		t.Run(b.Flag(), func(t *testing.T) {
			requireBrowser(t, b)
			goTest(t, "js", kafkaio+" exec --browser "+b.Flag(), "--- SKIP: TestRunsAsWASI", "--- PASS: TestAPageHasNoInputAndNoProcesses", "left out: KAFKAIO_LONG")
		})
	}
}

func requireBrowser(t *testing.T, b browser.Browser) {
	t.Helper()
	require.Long(t, b.Name)
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, err.Error())
	}
}
