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
		name string
		args []string
	}{
		{"node", nil},
		{"deno", []string{"run", "--quiet", "--allow-net", "--allow-read"}},
	} {
		t.Run(runtime.name, func(t *testing.T) {
			options, err := json.Marshal(map[string]string{"bridge": bridgeURL, "topic": runtime.name})
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), fetched(t, ".bin/"+runtime.name), append(runtime.args, "run.js", string(options))...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if got, want := strings.TrimSpace(string(out)), "from "+runtime.name; got != want || err != nil {
				t.Errorf("%s run.js printed %q, want %q: %v", runtime.name, got, want, err)
			}
		})
	}
}
