package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// TestNginxSaysWhoTheUserIs runs nginx before the bridge, both as docs/bridge.md configures them.
func TestNginxSaysWhoTheUserIs(t *testing.T) {
	addr := seeded(t, "orders-eu", "payments")
	nginxBlock, bridgeKeys := documentedProxies(t)
	c := startBridge(t, "listen: 127.0.0.1:0\npage: true\n"+bridgeKeys+fmt.Sprintf("clusters:\n  - {name: prod, brokers: [%q]}\n", addr)+readers)
	login := startLogin(t)
	at := startNginx(t, strings.NewReplacer("127.0.0.1:8642", strings.TrimPrefix(c.origin(), "http://"), "127.0.0.1:4180", login).Replace(nginxBlock))

	get := func(user string, headers ...string) (status int, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(withPatience(t), "GET", "http://"+user+at+"/kafka/", nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Transport: transport}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	forged := []string{"X-Forwarded-User", "mallory", "X-Forwarded-Groups", "devs", "X-Auth-Request-User", "mallory", "X-Auth-Request-Groups", "devs"}
	const alice = "alice:looking-glass@"
	for name, row := range map[string]struct {
		user    string
		headers []string
		isAlice bool
	}{
		"nobody":          {"", nil, false},
		"wrong password":  {"alice:wonderland@", nil, false},
		"forged":          {"", forged, false},
		"alice":           {alice, nil, true},
		"alice as forged": {alice, forged, true},
	} {
		status, body := get(row.user, row.headers...)
		var list clusterList
		err := json.Unmarshal([]byte(body), &list)
		switch {
		case !row.isAlice && (err == nil || !strings.Contains(body, "Sign in") || strings.Contains(body, "mallory")):
			t.Errorf("%s: %d %s", name, status, body)
		case row.isAlice && (status != http.StatusOK || list.Identity != "alice" || !slices.Equal(list.Groups, []string{"devs", "ops"}) || len(list.Clusters) != 1):
			t.Errorf("%s: %d %s", name, status, body)
		}
	}

	if _, err := (&kafkaio.Dialer{Bridge: "ws://" + at + "/kafka"}).Dial(t.Context(), ""); !errors.Is(err, kafkaio.ErrCannotBind) {
		t.Errorf("a connection of nobody: %v", err)
	}
	client := franz(t, &kafkaio.Dialer{Bridge: "ws://" + alice + at + "/kafka"}, addr)
	if got := topicsOf(t, client); !slices.Equal(got, []string{"orders-eu"}) {
		t.Errorf("the topics are %q", got)
	}
	client.Close()

	// A page has its origin in the request, which must be the bridge's own.
	ask := kmsg.NewRequestFormatter().AppendRequest(nil, kmsg.NewPtrApiVersionsRequest(), 1)
	for origin, refused := range map[string]bool{"http://" + at: false, "http://evil.example": true} {
		ctx := withPatience(t)
		conn, _, err := websocket.Dial(ctx, "ws://"+alice+at+"/kafka", &websocket.DialOptions{
			Subprotocols: []string{"binary"}, HTTPHeader: http.Header{"Origin": {origin}},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		conn.Write(ctx, websocket.MessageBinary, ask) // Read says what became of it
		if _, _, err := conn.Read(ctx); refused && websocket.CloseStatus(err) != 4403 || !refused && err != nil {
			t.Errorf("a page of %s: %v", origin, err)
		}
	}
}

// documentedProxies returns what docs/bridge.md says of nginx, and of the bridge behind it.
func documentedProxies(t *testing.T) (nginx, bridge string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/bridge.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```nginx\n(.*?)```\n.*?```yaml\n(.*?)```").FindStringSubmatch(string(text))
	if found == nil {
		t.Fatal("docs/bridge.md has no configuration of nginx")
	}
	return found[1], found[2]
}

// startNginx runs nginx with a server of the given locations, and returns its address.
func startNginx(t *testing.T, locations string) (addr string) {
	t.Helper()
	name, err := exec.LookPath("nginx")
	if err != nil {
		require.Missing(t, "nginx", "apt-get install nginx")
	}
	addr, dir := kafkatest.FreeAddress(t), t.TempDir()
	var conf strings.Builder
	fmt.Fprintf(&conf, "daemon off;\nmaster_process off;\npid %[1]s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n", dir)
	for _, of := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&conf, "%s_temp_path %s/%s;\n", of, dir, of)
	}
	fmt.Fprintf(&conf, "server {\nlisten %s;\n%s}\n}\n", addr, locations)
	file := filepath.Join(dir, "nginx.conf")
	writeFile(t, file, conf.String())
	ctx, cancel := context.WithCancel(t.Context())
	nginx := exec.CommandContext(ctx, name, "-e", "stderr", "-p", dir, "-c", file)
	nginx.Cancel = func() error { return nginx.Process.Signal(syscall.SIGTERM) }
	nginx.WaitDelay = patience
	var said strings.Builder
	nginx.Stderr = &said
	if err := nginx.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		nginx.Wait()
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		if t.Failed() {
			t.Logf("nginx says:\n%s", said.String())
		}
	})
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return addr
		}
		select {
		case <-again.C:
		case <-ended:
			t.Fatal("nginx ended")
		}
	}
}

// startLogin serves what nginx asks of oauth2-proxy, and returns its address. The only user is alice, of the group
// devs, whom HTTP's basic authentication logs in. oauth2-proxy itself would do, but takes minutes to compile.
func startLogin(t *testing.T) (addr string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/oauth2/auth", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "alice" || password != "looking-glass" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("X-Auth-Request-User", "alice")
		w.Header().Set("X-Auth-Request-Groups", "devs,ops")
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("/oauth2/sign_in", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "Sign in")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
