package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// foreign are packages of other modules whose tests pass under each runner as they are. Go's own package net connects
// within one program for GOOS=wasip1 and js: that is what these tests dial by.
var foreign = []struct {
	path string
	run  string // -run: what is quick and needs no processes
	most int    // fewer tests that pass, subtests included, are a failure
}{
	{path: "golang.org/x/net/nettest", most: 1},
}

// An outcome of a test, as go test -json prints it.
type testEvent struct {
	Action, Test, Output string
}

var skipReason = regexp.MustCompile(`^ +\S+\.go:\d+: `)

// testForeign has go test run the tests of foreign by a runner.
func testForeign(t *testing.T, goos, runner string) {
	for _, f := range foreign {
		t.Run(f.path, func(t *testing.T) {
			c := exec.CommandContext(t.Context(), "go", "test", "-exec", runner, "-vet=off", "-short", "-json", "-count=1", "-run="+f.run, f.path)
			c.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=wasm", "GOFLAGS=", "GOWASIRUNTIME=wazero")
			out, err := c.Output()
			count := make(map[string]int)
			said := make(map[string]string) // by a test
			for line := range bytes.Lines(out) {
				var e testEvent
				if json.Unmarshal(line, &e) != nil || e.Test == "" {
					continue
				}
				count[e.Action]++
				switch {
				case e.Action == "output" && skipReason.MatchString(e.Output):
					said[e.Test] += e.Output
				case e.Action == "skip":
					t.Logf("%s was skipped: %s", e.Test, said[e.Test])
				}
			}
			t.Logf("%d tests passed, %d were skipped", count["pass"], count["skip"])
			if err != nil || count["fail"] > 0 || count["pass"] < f.most {
				t.Errorf("%v, %d tests failed:\n%s", err, count["fail"], out)
			}
		})
	}
}

func TestExecRunsTestsOfOtherModules(t *testing.T) {
	require.Long(t, "tests of other modules")
	testForeign(t, "wasip1", kafkaioFile(t)+" exec")
}

func TestExecRunsTestsOfOtherModulesInBrowsers(t *testing.T) {
	kafkaio := kafkaioFile(t)
	for _, b := range browser.All {
		t.Run(b.Flag(), func(t *testing.T) {
			requireBrowser(t, b)
			testForeign(t, "js", kafkaio+" exec --browser "+b.Flag())
		})
	}
}
