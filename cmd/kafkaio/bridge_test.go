package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// bridgeFile writes a configuration.
func bridgeFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "bridge.yaml")
	writeFile(t, name, text)
	return name
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func tokenHash(token string) string {
	hash := sha256.Sum256([]byte(token))
	return hex.EncodeToString(hash[:])
}

// oneCluster is a configuration with tokens for ci, which the policy lets read, and for ops.
func oneCluster(broker string) string {
	return fmt.Sprintf(`listen: 127.0.0.1:0
page: true
auth:
  tokens:
    - {identity: ci, groups: [devs], sha256: "%s"}
    - {identity: ops, sha256: "%s"}
clusters:
  - {name: prod, brokers: ["%s"]}
`, tokenHash("token of ci"), tokenHash("token of ops"), broker)
}

// startBridge starts the command with a file that has page: true, and makes its link like that of explore.
func startBridge(t *testing.T, text string, args ...string) *command {
	t.Helper()
	return startBridgeOf(t, bridgeFile(t, text), args...)
}

// startBridgeOf is startBridge with a file that the test changes later.
func startBridgeOf(t *testing.T, name string, args ...string) *command {
	t.Helper()
	c := start(t, stubPage, append([]string{"bridge", name}, args...)...)
	c.link += "#token="
	return c
}

func TestBridgeServesItsClustersThePageAndTheirList(t *testing.T) {
	c := startBridge(t, oneCluster(broker(t)))
	said := c.stdout.waitFor(func(text string) string {
		if !strings.Contains(text, "Ctrl-C") {
			return ""
		}
		return text
	})
	mustSay(t, said, "Serving prod at ws://127.0.0.1:", "/kafka and at ws://127.0.0.1:", "/kafka/prod\n", "add #token=TOKEN to the link")
	if _, body := c.get("/"); body != pageText {
		t.Errorf("the page is %q", body)
	}
	for _, path := range []string{"/kafka", "/kafka/prod"} {
		d := &kafkaio.Dialer{
			Bridge: "ws" + strings.TrimPrefix(c.origin(), "http") + path,
			Token:  func(context.Context) (string, error) { return "token of ci", nil },
		}
		conn, err := d.Dial(t.Context(), "")
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		conn.Close()
	}
	if response, body := c.get("/kafka/other"); response.StatusCode != http.StatusNotFound || !strings.Contains(body, "no cluster of that name") {
		t.Errorf("%s: %q", response.Status, body)
	}
	closed := c.closeOf("token of nobody")
	if closed.Code != websocket.StatusCode(4401) || !strings.Contains(closed.Reason, "the bridge knows no such token") {
		t.Errorf("%+v", closed)
	}
	c.stop()
	if logged := c.stderr.String() + c.stdout.String(); strings.Contains(logged, "token of") {
		t.Errorf("a token is logged:\n%s", logged)
	}
}

// listAs asks for the clusters with a token.
func (c *command) listAs(token, host string) (int, map[string]any) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), "GET", c.origin()+"/kafka/", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if host != "" {
		r.Host = host
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport, Timeout: patience}).Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode, answer
}

// heldCluster is a configuration with credentials that the bridge has.
const heldCluster = `auth: {tokens: [{identity: ci, sha256: "0000000000000000000000000000000000000000000000000000000000000000"}]}
clusters: [{name: prod, brokers: [kafka], tls: {}, sasl: {mechanism: plain, user: u, password_file: f}}]
`

const readers = `policies:
  - {name: readers, groups: [devs], allow: read-only, topics: ["orders*"]}
`

func TestTheListIsOfWhatTheIdentityMay(t *testing.T) {
	c := startBridge(t, oneCluster(broker(t))+readers)
	status, answer := c.listAs("token of ci", "")
	text := fmt.Sprint(answer)
	if status != http.StatusOK || answer["identity"] != "ci" || !strings.Contains(text, "/kafka/prod") || !strings.Contains(text, "Fetch") || strings.Contains(text, " Produce ") {
		t.Errorf("ci: %d %v", status, answer)
	}
	if status, answer = c.listAs("token of ops", ""); status != http.StatusOK || len(answer["clusters"].([]any)) != 0 {
		t.Errorf("ops: %d %v", status, answer)
	}
	for _, token := range []string{"", "guess"} {
		if status, answer := c.listAs(token, ""); status != http.StatusUnauthorized || answer["error"] == nil || answer["clusters"] != nil {
			t.Errorf("%q: %d %v", token, status, answer)
		}
	}
	if status, answer := c.listAs("token of ci", "evil.example"); status != http.StatusForbidden {
		t.Errorf("another Host: %d %v", status, answer)
	}
}

func TestWithoutAuthAPolicyForAllHolds(t *testing.T) {
	c := startBridge(t, fmt.Sprintf(`{listen: "127.0.0.1:0", page: true, clusters: [{name: prod, brokers: ["%s"]}],
  policies: [{identities: ["*"], allow: read-only, topics: ["*"]}]}`, broker(t)))
	if status, answer := c.listAs("", ""); status != http.StatusOK || !strings.Contains(fmt.Sprint(answer), " Fetch ") || strings.Contains(fmt.Sprint(answer), " Produce ") {
		t.Errorf("%d %v", status, answer)
	}
}

func TestSeveralClustersNeedADefault(t *testing.T) {
	addr := broker(t)
	f := config.File{MaxMemory: 64 << 20, Clusters: []config.Cluster{{Name: "one", Brokers: []string{addr}}, {Name: "two", Brokers: []string{addr}}}}
	s, err := newBridgeServer(t.Context(), f, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	answer := httptest.NewRecorder()
	s.handler(nil).ServeHTTP(answer, httptest.NewRequest("GET", "/kafka", nil))
	if body := answer.Body.String(); answer.Code != http.StatusNotFound || !strings.Contains(body, "/kafka/one, /kafka/two") {
		t.Errorf("%d: %q", answer.Code, body)
	}
	c := startBridge(t, fmt.Sprintf("listen: 127.0.0.1:0\npage: true\nclusters: [{name: one, brokers: ['%s']}, {name: two, default: true, brokers: ['%s']}]\n", addr, addr))
	if response, _ := c.get("/kafka"); response.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("%s", response.Status)
	}
	c.stop()
	mustSay(t, c.stderr.String(), "clients need no token")
}

func TestBridgeSpeaksTLS(t *testing.T) {
	authority := testca.New(t)
	pair := authority.Issue(t, "127.0.0.1")
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	writeFile(t, cert, pair.Chain)
	writeFile(t, key, pair.Key)
	c := startBridge(t, oneCluster(broker(t)), "--tls-cert", cert, "--tls-key", key)
	mustSay(t, c.stdout.String(), "wss://127.0.0.1:", "https://127.0.0.1:")
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Pool()}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get(c.origin() + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != pageText {
		t.Errorf("%q, %v", body, err)
	}
}

func TestFlagsWinOverVariablesAndVariablesOverTheFile(t *testing.T) {
	name := bridgeFile(t, oneCluster("kafka:9092"))
	t.Setenv("KAFKAIO_BRIDGE_LISTEN", "127.0.0.1:1111")
	t.Setenv("KAFKAIO_BRIDGE_LOG_LEVEL", "debug")
	o := runToEnd(t, stubPage, "bridge", "--print-config", name)
	mustSay(t, o.stdout, "listen: 127.0.0.1:1111\n", "level: debug\n", "- kafka:9092\n", "sha256: (hidden)")
	o = runToEnd(t, stubPage, "bridge", "--print-config", "--config", name, "--listen=127.0.0.1:2222", "--broker=a,b:1", "--ca=ca.pem", "--sasl=plain", "--user=u", "--password-file=f", "--host=tools.example")
	if o.code != exitOK {
		t.Fatal(o.stderr)
	}
	mustSay(t, o.stdout, "listen: 127.0.0.1:2222\n", "- a\n", "- b:1\n", "ca: ca.pem", "mechanism: plain", "password_file: f", "- tools.example")
	if strings.Contains(o.stdout, tokenHash("token of ci")) || strings.Contains(o.stdout, "kafka:9092") {
		t.Errorf("%s", o.stdout)
	}
}

func TestATokenIsLetInByItsLine(t *testing.T) {
	o := runToEnd(t, stubPage, "bridge", "token", "--identity", "ci", "--group", "devs")
	found := regexp.MustCompile(`(?s)  (kafkaio_\S+)\n.*    (- \{.*\})\n`).FindStringSubmatch(o.stdout)
	if found == nil {
		t.Fatal(o.stdout)
	}
	c := startBridge(t, fmt.Sprintf("listen: 127.0.0.1:0\npage: true\nclusters: [{name: prod, brokers: ['%s']}]\nauth:\n  tokens:\n    %s\n", broker(t), found[2]))
	if status, answer := c.listAs(found[1], ""); status != http.StatusOK || fmt.Sprint(answer["groups"]) != "[devs]" {
		t.Errorf("%d %v", status, answer)
	}
}

func TestTheFileOfInitWorks(t *testing.T) {
	o := runToEnd(t, stubPage, "bridge", "init")
	name := bridgeFile(t, o.stdout)
	if o := runToEnd(t, stubPage, "bridge", "--print-config", name); o.code != exitOK {
		t.Errorf("%s", o.stderr)
	}
	writeFile(t, name, strings.ReplaceAll(o.stdout, "\n#-", "\n"))
	o = runToEnd(t, stubPage, "bridge", "--print-config", name)
	if o.code != exitOK {
		t.Errorf("with all keys: %s", o.stderr)
	}
	mustSay(t, o.stdout, "connect_to", "oauthbearer", "observe: true")
}

func TestBridgeHelpTeaches(t *testing.T) {
	for args, want := range map[string][]string{
		"bridge --help":         {"kafkaio bridge init > bridge.yaml", "KAFKAIO_BRIDGE_LISTEN", "SIGHUP", "--print-config", "Exit codes:"},
		"bridge token --help":   {"--identity"},
		"bridge explain --help": {"--group", "Fetch orders", "what each allows the identity"},
		"help bridge init":      {"comments"},
	} {
		o := runToEnd(t, stubPage, strings.Fields(args)...)
		if o.code != exitOK || o.stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", args, o.code, o.stderr)
		}
		mustSay(t, o.stdout, want...)
	}
}
