package require_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/kafkaio/kafkaio/internal/require"
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
