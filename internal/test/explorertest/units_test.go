package explorertest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// web is the directory of the explorer's source.
const web = "../../../web"

// TestUnits runs the explorer's unit tests in Node, each as a subtest. All that are declared have to run.
func TestUnits(t *testing.T) {
	requireNode(t)
	noteSources(t)
	cmd := exec.CommandContext(t.Context(), "node", "test_explorer.js", "--test-reporter=tap")
	cmd.Dir = web
	out, err := cmd.CombinedOutput()
	if ran := report(t, "test/explorer", string(out)); err != nil {
		t.Errorf("%d tests ran; node test_explorer.js: %v\n%s", ran, err, out)
	}
}

// requireNode ends a test that can't run or bundle TypeScript.
func requireNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		require.Missing(t, "Node", "https://nodejs.org/en/download, 20.19 or later")
	}
	if _, err := os.Stat(web + "/node_modules/esbuild"); err != nil {
		require.Missing(t, "esbuild", "make web/node_modules")
	}
}

// noteSources looks at what Node will read and, in further directories, at what else a test is about, so that go test
// doesn't take a result from its cache after a change.
func noteSources(t *testing.T, further ...string) {
	t.Helper()
	for _, dir := range append(further, "explorer", "src", "test/explorer") {
		if err := filepath.WalkDir(filepath.Join(web, dir), func(string, fs.DirEntry, error) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"test_explorer.js", "package-lock.json"} {
		if _, err := os.ReadFile(filepath.Join(web, file)); err != nil {
			t.Fatal(err)
		}
	}
}
