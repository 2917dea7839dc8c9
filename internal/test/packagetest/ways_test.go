package packagetest

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/packagetest/stack"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testreport"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m)) }

// limit bounds one run of the suite, on a machine that is busy with other things.
const limit = 15 * time.Minute

// Where the package runs. In each place the suite is the same, but for what only pages have. They run at the same
// time, each with brokers of its own, because mostly they wait.

func TestChromium(t *testing.T) { inBrowser(t, browser.Chromium) }

func TestFirefox(t *testing.T) { inBrowser(t, browser.Firefox) }

func inBrowser(t *testing.T, b browser.Browser) {
	require.Long(t, b.Name)
	t.Parallel()
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, err.Error())
	}
	dist := built(t)
	out, code, err := runInPage(t, b, dist, `run("", kafkaioPage.write)`)
	ended(t, append(suiteTests(t, "test"), suiteTests(t, "pageTest")...), code, err, out)
}

// runInPage calls a function that the suite exports.
func runInPage(t *testing.T, b browser.Browser, dist, call string) (output string, exitCode int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var out bytes.Buffer
	exitCode, err = browser.Run(ctx, b, browser.Program{
		Script:  `import("/dist/suite.js").then((suite) => suite.` + call + `).then(kafkaioPage.exit)`,
		Handler: stack.New(t, dist),
		Output:  &out,
	})
	return out.String(), exitCode, err
}

// TestNode runs the suite in the Node that web/test/package.json names: its WebSocket is the standard's.
func TestNode(t *testing.T) {
	inRuntime(t, "node", "suite.node.js", "--input-type=module", "--eval")
}

// TestDeno runs the suite in Deno, which has Web Workers of its own kind.
func TestDeno(t *testing.T) {
	inRuntime(t, "deno", "suite.js", "eval")
}

// inRuntime runs the suite in a program that npm has fetched. args precede the script.
func inRuntime(t *testing.T, program, suite string, args ...string) {
	require.Long(t, "the suite in "+program)
	t.Parallel()
	path := fetched(t, ".bin/"+program)
	dist := built(t)
	server := httptest.NewServer(stack.New(t, dist))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	script := fmt.Sprintf(`import process from "node:process";
const suite = await import(%q);
const code = await suite.run(%q, (text) => process.stdout.write(text));
if (code !== 0) process.exit(code); // a test that failed may have left something that runs for ever`, "file://"+filepath.ToSlash(filepath.Join(dist, suite)), server.URL)
	cmd := exec.CommandContext(ctx, path, append(args, script)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Logf("%s wrote to its standard error:\n%s", program, &stderr)
	}
	ended(t, suiteTests(t, "test"), cmd.ProcessState.ExitCode(), nil, string(out))
}

// ended reports the suite's tests as subtests of t.
func ended(t *testing.T, want []string, exitCode int, err error, output string) {
	t.Helper()
	testreport.Report(t, want, testreport.Parse(output))
	if err != nil || exitCode != 0 {
		t.Errorf("the suite exited with code %d, %v; it printed:\n%s", exitCode, err, output)
	}
}
