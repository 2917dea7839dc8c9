package packagetest

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/browsertest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/packagetest/stack"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testreport"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m)) }

// limit bounds one run of the suite, on a machine that is busy with other things.
const limit = 15 * time.Minute

// Where the package runs. In each place the suite is the same, but for what only pages have.

func TestChromium(t *testing.T) { inBrowser(t, browsertest.Chromium) }

func TestFirefox(t *testing.T) { inBrowser(t, browsertest.Firefox) }

func inBrowser(t *testing.T, b browsertest.Browser) {
	require.Long(t, b.Name)
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, err.Error())
	}
	dist := built(t)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var out bytes.Buffer
	code, err := browsertest.Run(ctx, b, browsertest.Program{
		Script:  `import("/dist/suite.js").then((suite) => suite.run("", browsertest.write)).then(browsertest.exit)`,
		Handler: stack.New(t, dist),
		Output:  &out,
	})
	ended(t, append(suiteTests(t, "test"), suiteTests(t, "pageTest")...), code, err, out.String())
}

// TestNode runs the suite in the Node that web/test/package.json names: its WebSocket is the standard's.
func TestNode(t *testing.T) {
	require.Long(t, "the suite in Node")
	node, err := filepath.Abs(web + "/test/node_modules/.bin/node")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(node); err != nil {
		require.Missing(t, "Node 24", "cd web/test && npm ci")
	}
	dist := built(t)
	server := httptest.NewServer(stack.New(t, dist))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	const script = `const suite = await import(process.argv[1]);
process.exitCode = await suite.run(process.argv[2], (text) => process.stdout.write(text));`
	cmd := exec.CommandContext(ctx, node, "--input-type=module", "-e", script, filepath.Join(dist, "suite.node.js"), server.URL)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Logf("Node wrote to its standard error:\n%s", &stderr)
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
