// Package wasmtest runs the tests of a package as wasm: in a browser, or as a WASI guest.
package wasmtest

import (
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testreport"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
	"github.com/kafkaio/kafkaio/wasmhost"
)

// Tests are the tests of a package, built for wasm when they are first needed.
type Tests struct {
	name       string
	js, wasip1 func() ([]byte, error)
	compiled   wazero.CompilationCache
}

// Of returns the tests of the package in dir, relative to that of the test that runs them. They are
// the subtests of the one with that name.
func Of(dir, name string) *Tests {
	return &Tests{
		name:     name,
		js:       sync.OnceValues(func() ([]byte, error) { return wasmbuild.Tests(context.Background(), "js", dir) }),
		wasip1:   sync.OnceValues(func() ([]byte, error) { return wasmbuild.Tests(context.Background(), "wasip1", dir) }),
		compiled: wazero.NewCompilationCache(),
	}
}

// limit bounds one run.
const limit = 5 * time.Minute

// InBrowser runs the tests in a page whose origin also serves handler. Those that are wanted must
// run, as far as -run selects them: each is a subtest of t, with the outcome that it had in the page.
func (ts *Tests) InBrowser(t *testing.T, b browser.Browser, want []string, env map[string]string, handler http.Handler) {
	t.Helper()
	require.Long(t, b.Name)
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
	code, err := browser.Run(ctx, b, browser.Program{
		Wasm: wasm, Args: ts.args(t), Env: environment(env), Output: &out, Handler: handler,
	})
	ts.ended(t, want, code, err, out.String())
}

// InWASI is InBrowser for a guest whose connections dial makes.
func (ts *Tests) InWASI(t *testing.T, want []string, env map[string]string, dial func(context.Context, string, string) (net.Conn, error)) {
	t.Helper()
	wasm, err := ts.wasip1()
	if err != nil {
		t.Fatal(err)
	}
	c := wasmhost.Config{Dial: dial, Args: append([]string{"wasm.test"}, ts.args(t)...), Cache: ts.compiled}
	for name, value := range environment(env) {
		c.Env = append(c.Env, name+"="+value)
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	code, err := wasmhost.Run(ctx, wasm, c)
	ts.ended(t, want, code, err, out.String())
}

// args are the arguments of the test binary.
func (ts *Tests) args(t *testing.T) []string {
	return append(testreport.Args(t, ts.name), "-test.timeout="+limit.String())
}

// environment is that of the test binary.
func environment(env map[string]string) map[string]string {
	all := require.Elsewhere()
	maps.Copy(all, env)
	return all
}

// ended reports what the test binary did, as subtests of t.
func (ts *Tests) ended(t *testing.T, want []string, exitCode int, err error, output string) {
	t.Helper()
	var ran []*testreport.Test
	for _, test := range testreport.Parse(output) {
		if test.Name == ts.name {
			ran = test.Subtests
		}
	}
	testreport.Report(t, want, ran)
	if err != nil || exitCode != 0 {
		t.Errorf("the tests exited with code %d, %v; they printed:\n%s", exitCode, err, output)
	}
}
