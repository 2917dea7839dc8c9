// Package wasmtest runs the tests of a package as wasm: in a browser, or as a WASI guest.
package wasmtest

import (
	"bytes"
	"context"
	"flag"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/kafkaio/kafkaio/internal/browsertest"
	"github.com/kafkaio/kafkaio/internal/require"
	"github.com/kafkaio/kafkaio/internal/wasmbuild"
	"github.com/kafkaio/kafkaio/wasmhost"
)

// Tests are the tests of a package, built for wasm when they are first needed.
type Tests struct {
	js, wasip1 func() ([]byte, error)
	compiled   wazero.CompilationCache
}

// Of returns the tests of the package in dir, relative to that of the test that runs them.
func Of(dir string) *Tests {
	return &Tests{
		js:       sync.OnceValues(func() ([]byte, error) { return wasmbuild.Tests(context.Background(), "js", dir) }),
		wasip1:   sync.OnceValues(func() ([]byte, error) { return wasmbuild.Tests(context.Background(), "wasip1", dir) }),
		compiled: wazero.NewCompilationCache(),
	}
}

// limit bounds one run.
const limit = 5 * time.Minute

// InBrowser runs the tests in a page whose origin also serves handler.
func (ts *Tests) InBrowser(t *testing.T, b browsertest.Browser, env map[string]string, handler http.Handler) {
	t.Helper()
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, err.Error())
	}
	wasm, err := ts.js()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var out bytes.Buffer
	code, err := browsertest.Run(ctx, b, browsertest.Program{
		Wasm: wasm, Args: args(t), Env: env, Output: &out, Handler: handler,
	})
	ended(t, code, err, out.String())
}

// InWASI runs the tests as a guest whose connections dial makes.
func (ts *Tests) InWASI(t *testing.T, env map[string]string, dial func(context.Context, string, string) (net.Conn, error)) {
	t.Helper()
	wasm, err := ts.wasip1()
	if err != nil {
		t.Fatal(err)
	}
	c := wasmhost.Config{Dial: dial, Args: append([]string{"wasm.test"}, args(t)...), Cache: ts.compiled}
	for name, value := range env {
		c.Env = append(c.Env, name+"="+value)
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	code, err := wasmhost.Run(ctx, wasm, c)
	ended(t, code, err, out.String())
}

// args are the arguments of the test binary. What follows the first name of -run is passed on:
// "go test -run TestChromium/Dial" runs in Chromium the subtests that match there too.
func args(t *testing.T) []string {
	args := []string{"-test.timeout=" + limit.String()}
	if testing.Verbose() {
		args = append(args, "-test.v")
	}
	depth := 1 + strings.Count(t.Name(), "/")
	if parts := strings.Split(flag.Lookup("test.run").Value.String(), "/"); len(parts) > depth {
		args = append(args, "-test.run=^Test[^/]*$/"+strings.Join(parts[depth:], "/"))
	}
	return args
}

// ended fails the test unless the tests passed, and shows what they printed.
func ended(t *testing.T, exitCode int, err error, output string) {
	t.Helper()
	if exitCode != 0 || err != nil {
		t.Errorf("the tests exited with code %d, %v", exitCode, err)
	}
	t.Logf("the tests printed:\n%s", output)
}
