package packagetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// web is the directory of the npm package's source.
const web = "../../../web"

// built returns the directory of the package and the suite, built from what is in the checkout.
func built(t *testing.T) (dist string) {
	t.Helper()
	if _, err := os.Stat(web + "/node_modules/esbuild"); err != nil {
		require.Missing(t, "esbuild", "cd web && npm ci")
	}
	dir := t.TempDir()
	wasmExec, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	runIn(t, web, "node", "build.js", filepath.Join(strings.TrimSpace(string(wasmExec)), "lib/wasm/wasm_exec.js"), dir)
	for _, b := range []struct{ out, kafkaio, platform string }{
		{"suite.js", "./kafkaio.js", "browser"},
		{"suite.node.js", "./kafkaio.node.js", "node"},
	} {
		runIn(t, web, "node_modules/.bin/esbuild", "test/suite/main.ts", "--bundle", "--format=esm", "--log-level=warning",
			"--platform="+b.platform, "--outfile="+filepath.Join(dir, b.out), "--alias:kafkaio="+b.kafkaio, "--external:"+b.kafkaio)
	}
	wasm, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	for name, program := range wasm {
		if err := os.WriteFile(filepath.Join(dir, name), program, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func runIn(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// programs are the wasm files, built once.
var programs = sync.OnceValues(func() (map[string][]byte, error) {
	files := make(map[string][]byte)
	for name, dir := range map[string]string{"kafkaio/kafka.wasm": web + "/wasm/kafka", "panics.wasm": "./testdata/panics"} {
		program, err := wasmbuild.Program(context.Background(), "js", dir, "-trimpath", "-ldflags=-s -w")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = program
	}
	return files, nil
})

// suiteTests are the names of the suite's tests that a function declares: test or pageTest.
func suiteTests(t *testing.T, function string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(web + "/test/suite/*.ts")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^` + function + `\("([^"]+)"`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}
