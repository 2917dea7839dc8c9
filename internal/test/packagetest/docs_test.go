package packagetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/packagetest/stack"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// root is the repository's directory.
const root = "../../.."

// TestReferenceIsUpToDate holds that docs/javascript-api.md has the types and comments of web/src.
func TestReferenceIsUpToDate(t *testing.T) {
	needTypeScript(t)
	cmd := exec.CommandContext(t.Context(), "node", "reference.js")
	cmd.Dir = web
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(root + "/docs/javascript-api.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/javascript-api.md is not of these types: run npm run reference in web")
	}
}

// A sample is a block of TypeScript in a document.
type sample struct {
	name   string // of its document and line
	code   string
	runs   bool   // it is marked: ```ts run
	prints string // the block of text after it; empty: it may print anything
}

var block = regexp.MustCompile("(?ms)^```ts( run)?\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?")

// samples returns those of a document.
func samples(t *testing.T, document string) (all []sample) {
	t.Helper()
	text := readText(t, filepath.Join(root, document))
	group := func(m []int, i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	for _, m := range block.FindAllStringSubmatchIndex(text, -1) {
		line := 1 + strings.Count(text[:m[0]], "\n")
		name := fmt.Sprintf("%s_%d", strings.ReplaceAll(document, "/", "_"), line)
		all = append(all, sample{name, group(m, 2), group(m, 1) != "", group(m, 3)})
	}
	if len(all) == 0 {
		t.Fatalf("%s has no samples", document)
	}
	return all
}

var pageScript = regexp.MustCompile(`(?s)<script type="module">\n(.*?)</script>`)

// scripts returns the modules of the pages in a document.
func scripts(t *testing.T, document string) (all []sample) {
	t.Helper()
	for i, m := range pageScript.FindAllStringSubmatch(readText(t, filepath.Join(root, document)), -1) {
		all = append(all, sample{name: fmt.Sprintf("%s_script_%d", document, i+1), code: strings.ReplaceAll(m[1], "./kafkaio.js", "kafkaio")})
	}
	if len(all) == 0 {
		t.Fatalf("%s has no scripts", document)
	}
	return all
}

// program returns a sample as a whole program. One that doesn't connect has a client, kafka, of the bridge that
// its argument names.
func (s sample) program() string {
	if strings.Contains(s.code, "import ") {
		return s.code
	}
	before, after := `import { connect, KafkaError } from "kafkaio"; declare const process: { argv: string[] }; `, ""
	if !strings.Contains(s.code, "const kafka = ") {
		before += "const kafka = await connect({ bridge: process.argv[2]! });"
		after = "await kafka.close();\n"
	}
	return before + "\n" + s.code + after
}

// TestSamplesCompile checks each sample of the documents against the package's types.
func TestSamplesCompile(t *testing.T) {
	needTypeScript(t)
	absolute, err := filepath.Abs(web)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, s := range slices.Concat(samples(t, "docs/javascript.md"), samples(t, "web/README.md"), scripts(t, "README.md")) {
		writeText(t, filepath.Join(dir, s.name+".ts"), s.program())
	}
	config, err := json.Marshal(map[string]any{
		"extends": absolute + "/test/tsconfig.json",
		"compilerOptions": map[string]any{
			"noUnusedLocals": false,
			"paths": map[string][]string{
				"kafkaio":   {absolute + "/src/kafkaio.ts"},
				"#platform": {absolute + "/src/platform_web.ts"},
			},
			"rootDir": "/",
		},
		"include": []string{"*.ts", absolute + "/src/*.d.ts"},
	})
	if err != nil {
		t.Fatal(err)
	}
	writeText(t, filepath.Join(dir, "tsconfig.json"), string(config))
	runIn(t, web, "node_modules/.bin/tsc", "--project", dir)
}

// TestSamplesRun runs the samples of the guide that are marked, and compares what they print.
func TestSamplesRun(t *testing.T) {
	require.Long(t, "the samples of docs/javascript.md in Node")
	node, err := filepath.Abs(web + "/test/node_modules/.bin/node")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(node); err != nil {
		require.Missing(t, "Node 24", "make web/test/node_modules")
	}
	dist := built(t)
	server := httptest.NewServer(stack.New(t, dist))
	defer server.Close()
	ask(t, server.URL+"/stack/topics", stack.Topic{Name: "orders", Partitions: 3})
	var orders []stack.Record
	for i := range 6 {
		value := fmt.Sprintf(`{"id":"o-%d","city":%q}`, i, []string{"Oslo", "Lima"}[i%2])
		orders = append(orders, stack.Record{Partition: int32(i % 3), Value: &value})
	}
	ask(t, server.URL+"/stack/records", stack.Records{Topic: "orders", Records: orders})
	for _, s := range samples(t, "docs/javascript.md") {
		if !s.runs {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			source, program := filepath.Join(dist, s.name+".ts"), filepath.Join(dist, s.name+".js")
			writeText(t, source, s.program())
			runIn(t, web, "node_modules/.bin/esbuild", source, "--bundle", "--format=esm", "--platform=node", "--log-level=warning",
				"--outfile="+program, "--alias:kafkaio=./kafkaio.node.js", "--external:./kafkaio.node.js")
			cmd := exec.CommandContext(ctx, node, program, server.URL+"/kafka")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %s%s", err, out, &stderr)
			}
			if s.prints != "" && string(out) != s.prints {
				t.Errorf("it printed\n%swant\n%s", out, s.prints)
			}
		})
	}
}

func needTypeScript(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(web + "/node_modules/typescript"); err != nil {
		require.Missing(t, "TypeScript", "make web/node_modules")
	}
}

func writeText(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ask has the stack do something.
func ask(t *testing.T, url string, what any) {
	t.Helper()
	body, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatal(url, response.Status)
	}
}
