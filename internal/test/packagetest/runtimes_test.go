package packagetest

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// wantRefused holds that a Node that can't run the package says so. Node 20 is like a later one without WebSocket.
func wantRefused(t *testing.T, installed string) {
	dir := project(t, installed, "testdata/project")
	cmd := exec.CommandContext(t.Context(), fetched(t, ".bin/node"), "--no-experimental-websocket", "run.js", `{"bridge":"ws://127.0.0.1:1/kafka"}`)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if want := "KafkaError: the Worker could not be started: it needs Node 22 or later, and this is Node "; err == nil || !strings.Contains(string(out), want) {
		t.Errorf("it printed %q, and %v; want %q", out, err, want)
	}
}

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
