//go:build !wasm

package kafkaio_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// TestMakeSaysInOneLineThatNodeIsMissing runs make demo where there are no other commands than a row has.
func TestMakeSaysInOneLineThatNodeIsMissing(t *testing.T) {
	program, err := exec.LookPath("make")
	if err != nil {
		require.Missing(t, "make", "apt-get install make")
	}
	makefile := readText(t, "Makefile") // here, so that go test repeats the test when it changes
	for name, row := range map[string]struct{ node, want string }{
		"no Node":     {"", "Node 20.19 or later builds the page, and this machine has none: "},
		"an old Node": {"#!/bin/sh\n[ \"$1\" = --version ] && echo v18.20.8\n", "Node 20.19 or later builds the page, and this machine has v18.20.8: "},
		"no npm":      {"#!/bin/sh\n", "npm is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir()
			if row.node != "" {
				if err := os.WriteFile(filepath.Join(path, "node"), []byte(row.node), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(program, "--file=-", "demo", "GO=:") // which does nothing
			cmd.Stdin = strings.NewReader(makefile)
			cmd.Env = []string{"PATH=" + path}
			out, err := cmd.CombinedOutput()
			said, verdict, _ := strings.Cut(string(out), "\n")
			if err == nil || !strings.HasPrefix(said, row.want) || !strings.HasPrefix(verdict, "make: ***") || strings.Count(verdict, "\n") != 1 {
				t.Errorf("it printed %q, and %v; want a line that begins with %q, and make's own", out, err, row.want)
			}
		})
	}
}
