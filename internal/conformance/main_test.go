package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
