package explorertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/packagetest/stack"
	"github.com/kafkaio/kafkaio/internal/test/require"
	kafkaioweb "github.com/kafkaio/kafkaio/web"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m)) }

const (
	// limit bounds the suite in one browser, on a machine that is busy with other things.
	limit = 24 * time.Minute
	// endTimeout is for the suite to end what it has started.
	endTimeout = 20 * time.Second

	suite = "test/explorer/browser"
)

func TestChromium(t *testing.T) { inBrowser(t, browser.Chromium, "chrome") }

func TestFirefox(t *testing.T) { inBrowser(t, browser.Firefox, "firefox") }

// A setup is what web/test/explorer/browser/setup.ts says.
type setup struct {
	Stack      string `json:"stack"`
	Browser    string `json:"browser"`
	Executable string `json:"executable"`
	Kafkaio    string `json:"kafkaio"`
	Temp       string `json:"temp"`
	Artifacts  string `json:"artifacts"`
	Only       string `json:"only"`
}

// inBrowser runs the tests of web/test/explorer/browser, each as a subtest. name is puppeteer's of the browser.
func inBrowser(t *testing.T, b browser.Browser, name string) {
	require.Long(t, b.Name)
	t.Parallel() // mostly they wait
	executable, err := b.Find()
	if err != nil {
		require.Missing(t, b.Name, err.Error())
	}
	if _, err := kafkaioweb.Handler(); errors.Is(err, kafkaioweb.ErrNotBuilt) {
		require.Missing(t, "the page", "make page")
	}
	for _, module := range []string{"puppeteer-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join(web, "test/node_modules", module)); err != nil {
			require.Missing(t, module, "make web/test/node_modules")
		}
	}
	requireNode(t)
	noteSources(t, "../bridge", "../cmd/kafkaio")
	server := httptest.NewServer(stack.New(t, t.TempDir()))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	s := setup{
		Stack: server.URL, Browser: name, Executable: executable, Kafkaio: filepath.Join(dir, "kafkaio"),
		Temp: dir, Artifacts: artifacts(t), Only: stack.Only(),
	}
	run(t, "go", "build", "-o", s.Kafkaio, "github.com/kafkaio/kafkaio/cmd/kafkaio")
	script := filepath.Join(dir, "suite.cjs")
	run(t, "node_modules/.bin/esbuild", suite+"/main.ts", "--bundle", "--platform=node", "--target=node20", "--sourcemap=inline",
		"--log-level=error", "--outfile="+script)
	report(t, suite, s.run(t, script))
}

// run runs the suite, and returns its report in the Test Anything Protocol. A line that begins with note:
// is for the log.
func (s setup) run(t *testing.T, script string) string {
	t.Helper()
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "--enable-source-maps", "--test-reporter=tap", script)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = endTimeout
	cmd.Env = append(os.Environ(), "KAFKAIO_EXPLORER="+string(encoded), "TZ=UTC", "LANG=en_US.UTF-8")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("the suite: %v\n%s", err, stderr.String())
	}
	for line := range strings.Lines(string(out)) {
		if note, ok := strings.CutPrefix(line, "note: "); ok {
			t.Log(strings.TrimSpace(note))
		}
	}
	return string(out)
}

// artifacts returns where pictures go: KAFKAIO_SCREENSHOTS, or else a directory of the test.
func artifacts(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("KAFKAIO_SCREENSHOTS")
	if dir == "" {
		dir = t.ArtifactDir()
	}
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("pictures: %s", dir)
	return dir
}

// run runs a command in web.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = web
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
