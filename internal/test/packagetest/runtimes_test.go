package packagetest

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// wantRuns holds that programs find the installed package in Node and in Deno, as these resolve it.
func wantRuns(t *testing.T, installed string) {
	dir := project(t, installed, "testdata/project")
	bridgeURL := kafka(t)
	for _, runtime := range []struct {
		name, program string
		args          []string
	}{
		{"node", "node", []string{"run.js"}},
		{"named", "node", []string{"named.js"}},
		{"deno", "deno", []string{"run", "--quiet", "--allow-net", "--allow-read", "run.js"}},
	} {
		t.Run(runtime.name, func(t *testing.T) {
			options, err := json.Marshal(map[string]string{"bridge": bridgeURL, "topic": runtime.name})
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), fetched(t, ".bin/"+runtime.program), append(runtime.args, string(options))...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if got, want := strings.TrimSpace(string(out)), "from "+runtime.name; got != want || err != nil {
				t.Errorf("%s %q printed %q, want %q: %v", runtime.program, runtime.args, got, want, err)
			}
		})
	}
}
