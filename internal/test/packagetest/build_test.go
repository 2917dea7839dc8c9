package packagetest

import (
	"context"
	"errors"
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
	dir := t.TempDir()
	wasm := buildPackage(t, dir)
	write(t, filepath.Join(dir, "panics.wasm"), wasm.panics)
	write(t, filepath.Join(dir, "stale.wasm"), wasm.stale)
	for _, b := range []struct{ out, kafkaio, platform string }{
		{"suite.js", "./kafkaio.js", "browser"},
		{"suite.node.js", "./kafkaio.node.js", "node"},
	} {
		runIn(t, web, "node_modules/.bin/esbuild", "test/suite/main.ts", "--bundle", "--format=esm", "--log-level=warning",
			"--platform="+b.platform, "--outfile="+filepath.Join(dir, b.out), "--alias:kafkaio="+b.kafkaio, "--external:"+b.kafkaio)
	}
	for _, name := range []string{"worker.js", "worker.node.js"} {
		worker, err := os.ReadFile(filepath.Join(dir, "kafkaio", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "stale", name), buildName.ReplaceAll(worker, []byte("0.0.9+stale")))
	}
	return dir
}

// buildPackage builds the package's files in dir, but for the types, and returns the wasm files.
func buildPackage(t *testing.T, dir string) wasmFiles {
	t.Helper()
	if _, err := os.Stat(web + "/node_modules/esbuild"); err != nil {
		require.Missing(t, "esbuild", "make web/node_modules")
	}
	if _, err := os.Stat(web + "/wasm/internal/wire/table/messages"); err != nil {
		require.Missing(t, "the table of Kafka's messages", "make table")
	}
	wasm, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "kafkaio/kafka.wasm"), wasm.kafka)
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	runIn(t, web, "node", "build.js", filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"), dir)
	return wasm
}

// buildName matches what build.js gives a build for its name.
var buildName = regexp.MustCompile(`\d+\.\d+\.\d+\+[0-9a-f]{12}`)

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, content, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// fetched returns the absolute path of something in web/test/node_modules.
func fetched(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(web, "test/node_modules", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		require.Missing(t, name, "make web/test/node_modules")
	}
	return path
}

func runIn(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// wasmFiles are kafka.wasm of the package, a stand-in that is of the same build, and one that isn't.
type wasmFiles struct{ kafka, panics, stale []byte }

// programs builds the wasm files once.
var programs = sync.OnceValues(func() (files wasmFiles, err error) {
	files.kafka, err = wasmbuild.Kafka(context.Background(), "../../..")
	if err != nil {
		return files, err
	}
	id := goBuildID.FindSubmatch(files.kafka)
	if id == nil {
		return files, errors.New("kafka.wasm has no build ID")
	}
	files.panics, err = standIn(string(id[1]))
	if err != nil {
		return files, err
	}
	files.stale, err = standIn("stale")
	return files, err
})

// standIn builds a program in place of kafka.wasm, with a build ID of its own.
func standIn(id string) ([]byte, error) {
	return wasmbuild.Program(context.Background(), "js", "./testdata/panics", "-trimpath", "-ldflags=-s -w -buildid="+id)
}

// goBuildID matches what Go's linker writes into a program.
var goBuildID = regexp.MustCompile(`Go build ID: "([^"]+)"`)

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
