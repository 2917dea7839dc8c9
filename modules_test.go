package kafkaio_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const library = "github.com/kafkaio/kafkaio"

// forUsers are the modules that a program gains with the library.
var forUsers = []string{
	"github.com/coder/websocket",
	"github.com/tetratelabs/wazero",
	"github.com/twmb/franz-go",
	"github.com/twmb/franz-go/pkg/kmsg",
	"golang.org/x/sync",
	"golang.org/x/sys", // wazero's
}

// besides are the other modules in the library's go.mod. No program of a user links them.
var besides = []string{
	"github.com/klauspost/compress", // franz-go's client, which only tests of ours import
	"github.com/pierrec/lz4/v4",     // the same
	"go.uber.org/goleak",            // tests
	"golang.org/x/net",              // tests: nettest
}

// goIn runs the go command in dir, outside of the workspace.
func goIn(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr strings.Builder
	cmd.Stderr = &stderr // what is downloaded is told there
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return out
}

// requirements returns what the go.mod in dir requires. Nothing may be replaced but what is named.
func requirements(t *testing.T, dir string, replaced ...string) []string {
	t.Helper()
	var mod struct {
		Require []struct{ Path string }
		Replace []struct{ Old struct{ Path string } }
	}
	if err := json.Unmarshal(goIn(t, dir, "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Replace {
		if !slices.Contains(replaced, r.Old.Path) {
			t.Errorf("%s: %s is replaced, and is not for who isn't in this checkout", dir, r.Old.Path)
		}
	}
	var paths []string
	for _, r := range mod.Require {
		paths = append(paths, r.Path)
	}
	slices.Sort(paths)
	return paths
}

// TestRequirements holds what the library's go.mod may name: nothing of the command's, of the page's,
// of the examples', and of the tests' what is said above.
func TestRequirements(t *testing.T) {
	want := slices.Sorted(slices.Values(slices.Concat(forUsers, besides)))
	if got := requirements(t, "."); !slices.Equal(got, want) {
		t.Errorf("go.mod requires\n%q, want\n%q", got, want)
	}
}

// TestUserGainsOnly builds a program that is in a module of its own and imports every package.
func TestUserGainsOnly(t *testing.T) {
	t.Parallel()
	checkout, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	program := "package main\n\nimport (\n"
	for p := range strings.FieldsSeq(string(goIn(t, ".", "list", "./..."))) {
		if !strings.Contains(p, "/internal/") {
			program += "\t_ \"" + p + "\"\n"
		}
	}
	program += ")\n\nfunc main() {}\n"
	for _, p := range []string{"", "/core", "/rpc", "/bridge", "/wasmhost"} {
		if !strings.Contains(program, `"`+library+p+`"`) {
			t.Fatalf("go list did not tell of %s%s:\n%s", library, p, program)
		}
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module example.com/user\n\ngo 1.26.0\n\nrequire " + library + " v0.1.0\n",
		"go.sum":  string(sums), // what the internet would tell
		"main.go": program,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	goIn(t, dir, "mod", "edit", "-replace", library+"="+checkout)
	goIn(t, dir, "get", ".")
	goIn(t, dir, "mod", "tidy")
	goIn(t, dir, "build", "-o", os.DevNull, ".")
	want := slices.Sorted(slices.Values(append([]string{library}, forUsers...)))
	if got := requirements(t, dir, library); !slices.Equal(got, want) {
		t.Errorf("a user's go.mod requires\n%q, want\n%q", got, want)
	}
	graph := goIn(t, dir, "mod", "graph")
	t.Logf("go mod graph:\n%s", graph)
	modules := make(map[string]bool)
	for m := range strings.FieldsSeq(string(graph)) {
		name, _, _ := strings.Cut(m, "@")
		modules[name] = true
	}
	t.Logf("%d modules: %q", len(modules), slices.Sorted(maps.Keys(modules)))
	for m := range modules {
		if strings.HasPrefix(m, library+"/") {
			t.Errorf("the library requires %s, which is of the same repository", m)
		}
	}
}

// TestWorkspace holds that go.work joins every module here, that none of them replaces another, and that
// they agree on the version of the library that they require.
func TestWorkspace(t *testing.T) {
	var modules []string
	versions := make(map[string][]string)
	version := regexp.MustCompile(`(?m)` + regexp.QuoteMeta(library) + ` (v\S+)`)
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if err != nil || d.Name() != "go.mod" {
			return err
		}
		dir := path.Dir(name)
		modules = append(modules, dir)
		text, err := os.ReadFile(name)
		for _, match := range version.FindAllStringSubmatch(string(text), -1) {
			versions[match[1]] = append(versions[match[1]], dir)
		}
		requirements(t, dir)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var work struct {
		Use     []struct{ DiskPath string }
		Replace []struct {
			Old struct{ Path, Version string }
		}
	}
	if err := json.Unmarshal(goIn(t, ".", "work", "edit", "-json", "go.work"), &work); err != nil {
		t.Fatal(err)
	}
	var joined []string
	for _, use := range work.Use {
		joined = append(joined, path.Clean(use.DiskPath))
	}
	slices.Sort(modules)
	slices.Sort(joined)
	if !slices.Equal(modules, joined) {
		t.Errorf("go.work joins %q, there are %q", joined, modules)
	}
	if len(work.Replace) != 1 || len(versions) != 1 || versions[work.Replace[0].Old.Version] == nil {
		t.Errorf("the library is required as %v, go.work has %v", versions, work.Replace)
	}

	dependabot, err := os.ReadFile(".github/dependabot.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range modules {
		if line := "      - " + path.Join("/", dir) + "\n"; !strings.Contains(string(dependabot), line) {
			t.Errorf(".github/dependabot.yml does not list %s", dir)
		}
	}
}
