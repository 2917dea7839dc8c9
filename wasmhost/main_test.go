package wasmhost

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"go.uber.org/goleak"
)

var (
	buildDir string                         // has the guests, built
	cache    = wazero.NewCompilationCache() // of all tests
)

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "wasmhost")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	defer cache.Close(context.Background())
	buildDir = dir
	code := m.Run()
	services.close()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// prog returns the program of testdata/prog.
func prog(t testing.TB) []byte { return built(t, buildProg) }

// guestTests returns the tests of package guest.
func guestTests(t testing.TB) []byte { return built(t, buildGuestTests) }

var (
	buildProg       = sync.OnceValues(func() ([]byte, error) { return build("prog.wasm", "build", "./testdata/prog") })
	buildGuestTests = sync.OnceValues(func() ([]byte, error) { return build("guest.wasm", "test", "-c", "./guest") })
)

func built(t testing.TB, get func() ([]byte, error)) []byte {
	t.Helper()
	wasm, err := get()
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// build runs the go command for wasip1.
func build(name, command string, args ...string) ([]byte, error) {
	file := filepath.Join(buildDir, name)
	cmd := exec.Command("go", append([]string{command, "-o", file}, args...)...)
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go %s %v: %w\n%s", command, args, err, out)
	}
	return os.ReadFile(file)
}

// outcome is what a guest did.
type outcome struct {
	code           int
	err            error
	stdout, stderr string
}

// runProg runs prog to its end, with c and the services.
func runProg(t testing.TB, c Config, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Args = append([]string{"prog"}, args...)
	c.Stdout, c.Stderr, c.Cache = &stdout, &stderr, cache
	code, err := Run(t.Context(), prog(t), c)
	return outcome{code, err, stdout.String(), stderr.String()}
}

// running is a guest that goes on while the test does.
type running struct {
	lines  *bufio.Reader // its standard output
	stop   context.CancelFunc
	ended  chan outcome
	stderr bytes.Buffer
}

// startProg starts prog, which is stopped at the latest when the test ends.
func startProg(t *testing.T, c Config, args ...string) *running {
	t.Helper()
	wasm := prog(t)
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	r := &running{lines: bufio.NewReader(out), stop: cancel, ended: make(chan outcome, 1)}
	c.Args = append([]string{"prog"}, args...)
	c.Stdout, c.Stderr, c.Cache = in, &r.stderr, cache
	go func() {
		code, err := Run(ctx, wasm, c)
		in.Close()
		r.ended <- outcome{code: code, err: err, stderr: r.stderr.String()}
	}()
	t.Cleanup(cancel)
	return r
}

// line returns the next line that the guest prints.
func (r *running) line(t *testing.T) string {
	t.Helper()
	s, err := r.lines.ReadString('\n')
	if err != nil {
		t.Fatalf("guest printed %q, then: %v; on standard error: %s", s, err, (<-r.ended).stderr)
	}
	return s[:len(s)-1]
}
