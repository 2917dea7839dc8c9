package explorertest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// declared matches a test. Tests are declared one to a line that begins with it.
var declared = regexp.MustCompile(`(?m)^test\("([^"\n]+)"`)

// report runs a subtest for each test that is declared in a directory of web, with the outcome that Node reports in
// the Test Anything Protocol, and returns how many ran. All that -run selects have to run, and no others.
func report(t *testing.T, dir, tap string) (ran int) {
	t.Helper()
	outcomes := outcomesOf(tap)
	names := declaredTests(t, dir)
	for name := range outcomes {
		if !slices.Contains(names, name) {
			t.Errorf("%q ran, and isn't declared as tests are", name)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			ran++
			switch outcome, ok := outcomes[name]; {
			case !ok:
				t.Error("it did not run")
			case outcome.skipped != "":
				require.NotRun(t, outcome.skipped)
			case !outcome.ok:
				t.Error(outcome.text)
			default:
				t.Log(strings.TrimSpace(duration.FindString(outcome.text)))
			}
		})
	}
	if ran == 0 {
		t.Error("nothing ran: no test of the suite matches -run")
	}
	return ran
}

// declaredTests are the names of the tests in a directory of web. Each has a name of its own.
func declaredTests(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(web, dir, "*.ts"))
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
		t.Fatalf("no tests are declared in %s", dir)
	}
	return names
}

// An outcome is that of one test. text is what Node says of it; skipped is why it was not run.
type outcome struct {
	ok            bool
	skipped, text string
}

var tapLine = regexp.MustCompile(`^(not )?ok \d+ - (.*?)(?: # SKIP (.*))?$`)

// duration matches how long a test took.
var duration = regexp.MustCompile(`(?m)^ *duration_ms: .*$`)

// outcomesOf reads Node's report.
func outcomesOf(tap string) map[string]outcome {
	outcomes := make(map[string]outcome)
	var name string
	for line := range strings.Lines(tap) {
		if m := tapLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			name = strings.ReplaceAll(m[2], `\#`, "#")
			outcomes[name] = outcome{ok: m[1] == "", skipped: m[3]}
		} else if o, ok := outcomes[name]; ok && strings.HasPrefix(line, " ") {
			o.text += line
			outcomes[name] = o
		}
	}
	return outcomes
}
