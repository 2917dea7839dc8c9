package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/coder/websocket"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/web"
)

// broker is the address of a cluster that answers.
func broker(t *testing.T) string {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs()[0]
}

func explore(t *testing.T) *command {
	t.Helper()
	return start(t, stubPage, "explore", broker(t), "--listen", "127.0.0.1:0")
}

func TestTheLinkLeadsToThePage(t *testing.T) {
	c := explore(t)
	link, err := url.Parse(c.link)
	if err != nil || link.Scheme != "http" || link.Hostname() != "127.0.0.1" || link.Path != "/" || link.RawQuery != "" {
		t.Errorf("the link is %s; %v", c.link, err)
	}
	if response, body := c.get("/"); response.StatusCode != http.StatusOK || body != pageText {
		t.Errorf("%s: %q", response.Status, body)
	}
	if response, body := c.get("/kafka"); response.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("/kafka is not the bridge: %s: %q", response.Status, body)
	}
	c.stop()
	if _, err := net.Dial("tcp", link.Host); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after the end, connecting gives %v", err)
	}
}

func TestThePageThatWasBuiltIsServed(t *testing.T) {
	if _, err := web.Handler(); errors.Is(err, web.ErrNotBuilt) {
		require.Missing(t, "the program for the browser", "make")
	}
	c := start(t, web.Handler, "explore", broker(t), "--listen", "127.0.0.1:0")
	_, body := c.get("/")
	mustSay(t, body, "<title>kafkaio</title>")
	_, module := c.get("/kafkaio.js")
	directory := regexp.MustCompile(`/kafkaio-\w+/`).FindString(module)
	response, body := c.get(directory + "kafkaio/kafka.wasm")
	if got := response.Header.Get("Content-Type"); got != "application/wasm" || !strings.HasPrefix(body, "\x00asm") {
		t.Errorf("kafka.wasm is %s: %q...", got, body[:min(4, len(body))])
	}
}

func TestEachRunHasATokenOfItsOwn(t *testing.T) {
	// 128 bits, in base32.
	const length = 26
	first, second := explore(t).token(), explore(t).token()
	if len(first) != length || len(second) != length || first == second {
		t.Errorf("the tokens are %q and %q", first, second)
	}
}

// dialer is a client of the bridge that a command runs.
func (c *command) dialer(token string) *kafkaio.Dialer {
	return &kafkaio.Dialer{
		Bridge: "ws" + strings.TrimPrefix(c.origin(), "http") + "/kafka",
		Token:  func(context.Context) (string, error) { return token, nil },
	}
}

func TestTheTokenOfTheLinkLetsIn(t *testing.T) {
	c := explore(t)
	conn, err := c.dialer(c.token()).Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// session opens a session by hand, with a token.
func (c *command) session(token string) *websocket.Conn {
	c.t.Helper()
	ctx := withPatience(c.t)
	conn, _, err := websocket.Dial(ctx, c.origin()+"/kafka", &websocket.DialOptions{Subprotocols: []string{"kafka.v1"}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { conn.CloseNow() })
	auth := append([]byte{6, 0, 0, 0, 0}, token...) // bridge/PROTOCOL.md
	if err := conn.Write(ctx, websocket.MessageBinary, auth); err != nil {
		c.t.Fatal(err)
	}
	return conn
}

// closeOf offers a token to the bridge by hand, and returns what it closes with.
func (c *command) closeOf(token string) websocket.CloseError {
	c.t.Helper()
	_, _, err := c.session(token).Read(withPatience(c.t))
	closed, ok := errors.AsType[websocket.CloseError](err)
	if !ok {
		c.t.Fatalf("token %q: %v", token, err)
	}
	return closed
}

func TestOtherTokensAreRefusedAndNoneIsPrinted(t *testing.T) {
	c := explore(t)
	right := c.token()
	lastChanged := right[:len(right)-1] + "1" // which is not of base32
	for _, token := range []string{"", "guess-of-a-stranger", right[1:], right[:len(right)-1], right + "A", strings.ToLower(right), lastChanged} {
		closed := c.closeOf(token)
		if closed.Code != 4401 {
			t.Errorf("token %q: closed with %+v", token, closed)
		}
		if strings.Contains(closed.Reason, right) || token != "" && strings.Contains(closed.Reason, token) {
			t.Errorf("the reason tells a token: %q", closed.Reason)
		}
	}
	c.stop()
	printed := strings.Replace(c.stdout.String(), c.link, "", 1) + c.stderr.String()
	for _, token := range []string{right, "guess"} {
		if strings.Contains(printed, token) {
			t.Errorf("%q is in what was printed beside the link:\n%s", token, printed)
		}
	}
}

func TestOpenPagesDoNotHoldUpTheEnd(t *testing.T) {
	c := explore(t)
	conn, err := c.dialer(c.token()).DialContext(t.Context(), "tcp", "")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c.stop()
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read: %v", err)
	}
}

func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestAPortThatIsTakenIsNamed(t *testing.T) {
	taken := listen(t, "127.0.0.1:0").Addr().String()
	o := runToEnd(t, stubPage, "explore", broker(t), "--listen", taken)
	if o.code != exitError || o.stdout != "" {
		t.Errorf("exit code %d, stdout %q", o.code, o.stdout)
	}
	mustSay(t, o.stderr, taken+" is taken by another program", "--listen", "port 0")
}

func TestWhereTheDefaultPortIsTakenAnotherIsUsed(t *testing.T) {
	// If the port is taken already, all the better.
	if l, err := net.Listen("tcp", defaultListen); err == nil {
		defer l.Close()
	} else if !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatal(err)
	}
	c := start(t, stubPage, "explore", broker(t))
	mustSay(t, c.stdout.String(), "Port 8642 is taken by another program, so the page has another.\n")
	if c.origin() == "http://"+defaultListen {
		t.Errorf("the link is %s", c.link)
	}
	if _, body := c.get("/"); body != pageText {
		t.Errorf("it serves %q", body)
	}
}

func TestIPv6LoopbackIsServed(t *testing.T) {
	if l, err := net.Listen("tcp", "[::1]:0"); err != nil {
		require.Missing(t, "IPv6 on loopback", "sysctl net.ipv6.conf.lo.disable_ipv6=0")
	} else {
		l.Close()
	}
	c := start(t, stubPage, "explore", broker(t), "--listen", "[::1]:0")
	if !strings.HasPrefix(c.link, "http://[::1]:") {
		t.Errorf("the link is %s", c.link)
	}
	conn, err := c.dialer(c.token()).Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}
