package kafkaio_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestPageLinksNoHTTP has the packages that a send-and-receive program in a page must not link, because
// they would double its size.
func TestPageLinksNoHTTP(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "syscall/js") {
		t.Fatalf("go list told nothing: %q", out)
	}
	for _, banned := range []string{"net/http", "crypto/tls", "log/slog", "github.com/coder/websocket"} {
		if slices.Contains(deps, banned) {
			t.Errorf("a page that uses kafkaio links %s", banned)
		}
	}
}
