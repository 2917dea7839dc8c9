package stack

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A Command tells a suite of a bridge that is the command kafkaio bridge.
type Command struct {
	Path  string `json:"path"`
	Token string `json:"token"` // of an identity that may only read
}

const readerToken = "token of a reader"

// command runs the command kafkaio bridge before brokers until the test ends, and returns a handler that passes on
// to it. Unlike a bridge.Bridge, the command has a list of what the identity may do.
func command(t *testing.T, brokers []string) http.Handler {
	at, err := runCommand(t, brokers)
	if err != nil {
		t.Errorf("kafkaio bridge: %v", err)
		return http.NotFoundHandler()
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(at)
		r.Out.Host = r.In.Host // that of the page's origin, which may connect
	}}
}

func runCommand(t *testing.T, brokers []string) (*url.URL, error) {
	dir := t.TempDir()
	name, file := filepath.Join(dir, "kafkaio"), filepath.Join(dir, "bridge.yaml")
	if out, err := exec.Command("go", "build", "-o", name, "github.com/kafkaio/kafkaio/cmd/kafkaio").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	list, err := json.Marshal(brokers)
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf(`listen: 127.0.0.1:0
log: {level: warn}
auth:
  tokens: [{identity: reader, sha256: "%x"}]
clusters:
  - {name: prod, brokers: %s}
policies:
  - {name: readers, identities: [reader], allow: read-only, topics: ["*"]}
`, sha256.Sum256([]byte(readerToken)), list)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, "bridge", file)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_, at, ok := strings.Cut(line, "ws://")
	if !ok {
		return nil, fmt.Errorf("it printed %q: %v", line, err)
	}
	host, _, _ := strings.Cut(at, "/")
	return &url.URL{Scheme: "http", Host: host}, nil
}
