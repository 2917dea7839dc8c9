package require_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// recorder is a test that Missing may end.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper()      {}
func (r *recorder) Name() string { return "TestOfAClient" }

func (r *recorder) Skip(args ...any) {
	r.skipped = fmt.Sprint(args...)
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) {
	r.failed = fmt.Sprint(args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) { r.Fatal(fmt.Sprintf(format, args...)) }

func missing(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{TB: t}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		require.Missing(r, "kcat", "apt-get install kcat")
		t.Error("Missing returned: the test would have gone on")
	}()
	<-ended
	return r
}

const want = "kcat is missing; to run it: apt-get install kcat"

func TestATestIsSkippedAndSaysWhatToInstall(t *testing.T) {
	t.Setenv("KAFKAIO_REQUIRE", "")
	t.Setenv("KAFKAIO_NOTRUN", "")
	if r := missing(t); r.skipped != want || r.failed != "" {
		t.Errorf("skipped with %q, failed with %q; want it skipped with %q", r.skipped, r.failed, want)
	}
}

func TestATestFailsWhereEverythingIsRequired(t *testing.T) {
	t.Setenv("KAFKAIO_REQUIRE", "all")
	t.Setenv("KAFKAIO_NOTRUN", "")
	if r := missing(t); r.failed != want || r.skipped != "" {
		t.Errorf("skipped with %q, failed with %q; want it failed with %q", r.skipped, r.failed, want)
	}
}

func TestATestFailsWhereWhatIsRequiredIsMisspelt(t *testing.T) {
	t.Setenv("KAFKAIO_REQUIRE", "al")
	t.Setenv("KAFKAIO_NOTRUN", "")
	if r := missing(t); !strings.Contains(r.failed, `KAFKAIO_REQUIRE is "al", and may be all`) || r.skipped != "" {
		t.Errorf("skipped with %q, failed with %q", r.skipped, r.failed)
	}
}

func TestWhatIsPrintedElsewhereIsRead(t *testing.T) {
	if why, ok := require.Printed("=== some test\nKAFKAIO_NOTRUN \"kcat is \\\"missing\\\"\"\nok\n"); why != `kcat is "missing"` || !ok {
		t.Errorf("got %q, %v", why, ok)
	}
	if why, ok := require.Printed("nothing of the kind\nKAFKAIO_NOTRUN=file\n"); ok {
		t.Errorf("got %q", why)
	}
}

// TestNothingElseSkips holds that every skip is recorded, and fails with KAFKAIO_REQUIRE=all.
func TestNothingElseSkips(t *testing.T) {
	const root = "../../.."
	skip := regexp.MustCompile(`\.Skip(Now|f)?\(`)
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "require" || d.Name() == "testdata" || d.Name() == "node_modules"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for i, line := range strings.Split(string(source), "\n") {
			if skip.MatchString(line) {
				t.Errorf("%s:%d skips by itself: %s", path, i+1, strings.TrimSpace(line))
			}
		}
		seen++
		return err
	})
	if err != nil || seen < 100 {
		t.Errorf("%d files, %v", seen, err)
	}
}

func TestWhatWasNotRunIsAppendedToTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notrun")
	t.Setenv("KAFKAIO_NOTRUN", name)
	for _, everything := range []string{"", "all"} {
		t.Setenv("KAFKAIO_REQUIRE", everything)
		missing(t)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	line := "TestOfAClient: " + want + "\n"
	if string(got) != line+line {
		t.Errorf("the file holds %q, want %q twice", got, line)
	}
}
