package conformance

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// suiteFor returns the test binary of package suite, built for goos on wasm.
func suiteFor(t *testing.T, goos string) []byte {
	wasm, err := suites[goos]()
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

var suites = map[string]func() ([]byte, error){
	"js":     sync.OnceValues(func() ([]byte, error) { return buildSuite("js") }),
	"wasip1": sync.OnceValues(func() ([]byte, error) { return buildSuite("wasip1") }),
}

func buildSuite(goos string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "suite.wasm")
	cmd := exec.Command("go", "test", "-c", "-o", file, "./suite")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=wasm", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the suite for %s: %w\n%s", goos, err, out)
	}
	return os.ReadFile(file)
}

// suiteArgs are the arguments of the suite's test binary. "go test -run TestWASI/Dial" runs the
// behaviours that match there, too.
func suiteArgs() []string {
	args := []string{"-test.timeout=5m"}
	if testing.Verbose() {
		args = append(args, "-test.v")
	}
	if _, behaviours, ok := strings.Cut(flag.Lookup("test.run").Value.String(), "/"); ok {
		args = append(args, "-test.run=^TestConformance$/"+behaviours)
	}
	return args
}

// suiteEnded fails the test unless the suite passed elsewhere, and shows what it printed.
func suiteEnded(t *testing.T, exitCode int, err error, output string) {
	if exitCode != 0 || err != nil {
		t.Errorf("the suite exited with code %d, %v", exitCode, err)
	}
	t.Logf("the suite printed:\n%s", output)
}
