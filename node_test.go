package kafkaio_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// A program that no page has loaded has no default bridge: Node has no location, and the origin of some
// locations is "null".
func TestZeroDialerWithoutAPageIsAnError(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		require.Missing(t, "node", "apt-get install nodejs (20 or later)")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	wasmExec := filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec_node.js")
	program, err := wasmbuild.Program(t.Context(), "js", "./testdata/zerodialer")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	wasm, prelude := filepath.Join(dir, "program.wasm"), filepath.Join(dir, "prelude.cjs")
	if err := os.WriteFile(wasm, program, 0o600); err != nil {
		t.Fatal(err)
	}
	const noOrigin = "true kafkaio: dial broker:9092: set Dialer.Bridge: this program has no page origin whose bridge it could use\n"
	for _, test := range []struct{ name, location, want string }{
		{"no location", `undefined`, noOrigin},
		{"a worker made from a blob", `{origin: "null"}`, noOrigin},
		{"a file", `{origin: "file://"}`, noOrigin},
		{"a location without an origin", `{}`, noOrigin},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := os.WriteFile(prelude, []byte("globalThis.location = "+test.location), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), node, "-r", prelude, wasmExec, wasm).CombinedOutput()
			if err != nil || string(out) != test.want {
				t.Errorf("got %v, %.1000s, want %s", err, out, test.want)
			}
		})
	}
}
