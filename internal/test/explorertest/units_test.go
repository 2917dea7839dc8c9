package explorertest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// web is the directory of the explorer's source.
const web = "../../../web"

// declared matches a unit test. Tests are declared one to a line that begins with it.
var declared = regexp.MustCompile(`(?m)^test\("([^"\n]+)"`)

// TestUnits runs the explorer's unit tests in Node, each as a subtest. All that are declared have to run.
func TestUnits(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		require.Missing(t, "Node", "https://nodejs.org/en/download, 20.19 or later")
	}
	if _, err := os.Stat(web + "/node_modules/esbuild"); err != nil {
		require.Missing(t, "esbuild", "make web/node_modules")
	}
	noteSources(t)
	cmd := exec.CommandContext(t.Context(), "node", "test_explorer.js", "--test-reporter=tap")
	cmd.Dir = web
	out, err := cmd.CombinedOutput()
	outcomes := outcomesOf(string(out))
	tests := declaredTests(t)
	for _, name := range tests {
		t.Run(name, func(t *testing.T) {
			if outcome, ran := outcomes[name]; !ran {
				t.Error("it did not run")
			} else if !outcome.ok {
				t.Error(outcome.text)
			}
		})
	}
	if err != nil || len(outcomes) != len(tests) {
		t.Errorf("%d tests ran, and %d are declared; node test_explorer.js: %v\n%s", len(outcomes), len(tests), err, out)
	}
}

// noteSources looks at what Node will read, so that go test doesn't take a result from its cache after a change.
func noteSources(t *testing.T) {
	t.Helper()
	for _, dir := range []string{"explorer", "src", "test/explorer"} {
		if err := filepath.WalkDir(filepath.Join(web, dir), func(string, fs.DirEntry, error) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"test_explorer.js", "typescript_first.js", "package-lock.json"} {
		if _, err := os.ReadFile(filepath.Join(web, file)); err != nil {
			t.Fatal(err)
		}
	}
}

// declaredTests are the names of the unit tests. Each has a name of its own.
func declaredTests(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob(web + "/test/explorer/*.ts")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			if seen[m[1]] {
				t.Errorf("%s: there are two tests %q", file, m[1])
			}
			seen[m[1]] = true
			names = append(names, m[1])
		}
	}
	if len(names) == 0 {
		t.Fatal("no tests are declared in web/test/explorer")
	}
	return names
}

// An outcome is that of one test. text is what Node says of it.
type outcome struct {
	ok   bool
	text string
}

var tapLine = regexp.MustCompile(`^(not )?ok \d+ - (.*)$`)

// outcomesOf reads Node's report in the Test Anything Protocol.
func outcomesOf(tap string) map[string]outcome {
	outcomes := make(map[string]outcome)
	var name string
	for line := range strings.Lines(tap) {
		if m := tapLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			name = strings.ReplaceAll(m[2], `\#`, "#")
			outcomes[name] = outcome{ok: m[1] == ""}
		} else if o, ok := outcomes[name]; ok && strings.HasPrefix(line, " ") {
			o.text += line
			outcomes[name] = o
		}
	}
	return outcomes
}
