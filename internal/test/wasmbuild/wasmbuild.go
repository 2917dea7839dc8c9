// Package wasmbuild compiles Go programs and tests for WebAssembly.
package wasmbuild

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// limit bounds one build, on a machine that is busy and has nothing of it cached.
const limit = 5 * time.Minute

// Program builds the program in dir, which may be of another module, for goos: "js" or "wasip1".
// Flags are those of "go build".
func Program(ctx context.Context, goos, dir string, flags ...string) ([]byte, error) {
	return build(ctx, goos, dir, "build", flags...)
}

// Tests builds the tests of the package in dir, as a program that runs them.
func Tests(ctx context.Context, goos, dir string) ([]byte, error) {
	return build(ctx, goos, dir, "test", "-c")
}

func build(ctx context.Context, goos, dir, command string, args ...string) ([]byte, error) {
	temp, err := os.MkdirTemp("", "kafkaio-wasm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	file := filepath.Join(temp, "program.wasm")
	cmd := exec.CommandContext(ctx, "go", append([]string{command, "-o", file}, args...)...)
	cmd.Dir = dir
	// GOFLAGS may ask for what is impossible there, such as -race.
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=wasm", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go %s %s in %s for %s: %w\n%s", command, strings.Join(args, " "), dir, goos, err, out)
	}
	return os.ReadFile(file)
}
