package wasmtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// Main runs the tests of a package that has Tests, and removes what was built for them.
func Main(m *testing.M) {
	code := leak.Run(m)
	if dir, err := built(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// built is a directory for what this process has built, until Main removes it.
var built = sync.OnceValues(func() (dir string, err error) { return os.MkdirTemp("", "kafkaio-wasmtest-") })

// kafkaio is the file of the command, built from the module beside the one of the caller in go.work.
var kafkaio = sync.OnceValues(func() (file string, err error) {
	dir, err := built()
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "kafkaio")
	if out, err := exec.Command("go", "build", "-o", file, "github.com/kafkaio/kafkaio/cmd/kafkaio").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build kafkaio: %w\n%s", err, out)
	}
	return file, nil
})

// testFile returns what builds the tests of the package in dir for goos, once, and names their file.
func testFile(goos, dir string) func() (file string, err error) {
	return sync.OnceValues(func() (string, error) {
		to, err := built()
		if err != nil {
			return "", err
		}
		wasm, err := wasmbuild.Tests(context.Background(), goos, dir)
		if err != nil {
			return "", err
		}
		f, err := os.CreateTemp(to, goos+"-*.test")
		if err != nil {
			return "", err
		}
		_, err = f.Write(wasm)
		return f.Name(), errors.Join(err, f.Close())
	})
}
