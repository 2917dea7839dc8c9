// Package wasmtest runs the tests of a package as wasm, by kafkaio exec: in a browser, or as a WASI guest.
package wasmtest

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testreport"
)

// Tests are the tests of a package, built for wasm when they are first needed.
type Tests struct {
	name                string
	js, wasip1, kafkaio func() (file string, err error)
}

// Of returns the tests of the package in dir, relative to that of the test that runs them. They are
// the subtests of the one with that name. The TestMain of a package that has Tests calls Main.
func Of(dir, name string) *Tests {
	return &Tests{name: name, js: testFile("js", dir), wasip1: testFile("wasip1", dir), kafkaio: kafkaio}
}

// limit bounds one run.
const limit = 5 * time.Minute

// InBrowser runs the tests in a page whose origin has the bridge at that URL at /kafka. Those that are wanted must
// run, as far as -run selects them: each is a subtest of t, with the outcome that it had in the page.
func (ts *Tests) InBrowser(t *testing.T, b browser.Browser, want []string, env map[string]string, bridge string) {
	t.Helper()
	require.Long(t, b.Name)
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, err.Error())
	}
	ts.run(t, ts.js, want, env, "--browser="+b.Flag(), "--bridge="+bridge)
}

// InWASI is InBrowser for a guest. The flags of kafkaio exec say what it may connect to.
func (ts *Tests) InWASI(t *testing.T, want []string, env map[string]string, flags ...string) {
	t.Helper()
	ts.run(t, ts.wasip1, want, env, flags...)
}

// run runs the tests of a file as go test -exec does, but for building them each time.
func (ts *Tests) run(t *testing.T, file func() (string, error), want []string, env map[string]string, flags ...string) {
	t.Helper()
	kafkaio, err := ts.kafkaio()
	if err != nil {
		t.Fatal(err)
	}
	program, err := file()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	args := append([]string{"exec"}, flags...)
	args = append(args, program, "-test.paniconexit0", "-test.timeout="+limit.String())
	c := exec.CommandContext(ctx, kafkaio, append(args, testreport.Args(t, ts.name)...)...)
	c.Env = os.Environ()
	all := require.Elsewhere()
	maps.Copy(all, env)
	for name, value := range all {
		c.Env = append(c.Env, name+"="+value)
	}
	// It ends the browser.
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = time.Minute
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err = c.Run()
	ts.ended(t, want, err, out.String())
}

// ended reports what the test binary did, as subtests of t.
func (ts *Tests) ended(t *testing.T, want []string, err error, output string) {
	t.Helper()
	var ran []*testreport.Test
	for _, test := range testreport.Parse(output) {
		if test.Name == ts.name {
			ran = test.Subtests
		}
	}
	testreport.Report(t, want, ran)
	if err != nil {
		t.Errorf("the tests ended: %v; they printed:\n%s", err, output)
	}
}
