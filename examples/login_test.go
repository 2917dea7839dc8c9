package examples

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// startLogin starts the site, whose password is secret.
func startLogin(t *testing.T, brokers []string) *url.URL {
	t.Helper()
	requirePage(t)
	c := command(t, "login", "-broker", strings.Join(brokers, ","), "-listen", "127.0.0.1:0")
	c.Env = append(os.Environ(), "PASSWORD=secret")
	return start(t, c)
}

// TestLogin holds that the bridge is for users alone, and for brokers alone.
func TestLogin(t *testing.T) {
	const (
		unauthorized websocket.StatusCode = 4401
		denied       websocket.StatusCode = 4403
	)
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	broker, elsewhere := cluster.ListenAddrs()[0], testnet.Serve(t, testnet.Discard)
	site := startLogin(t, []string{broker})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	user := &http.Client{Jar: jar}

	wantBridge(t, site, user, broker, unauthorized)
	post(t, user, site.JoinPath("login"), "password=wrong", http.StatusUnauthorized)
	wantBridge(t, site, user, broker, unauthorized)

	post(t, user, site.JoinPath("login"), "password=secret", http.StatusOK)
	wantBridge(t, site, user, elsewhere, denied)
	connection := connect(t, site, user, broker)
	if err := connection.Write(t.Context(), websocket.MessageBinary, []byte{0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255}); err != nil { // ApiVersions
		t.Error(err)
	}
	if _, _, err := connection.Read(t.Context()); err != nil {
		t.Error(err)
	}

	post(t, user, site.JoinPath("logout"), "", http.StatusOK)
	wantClosed(t, connection, unauthorized) // though it was open
	wantBridge(t, site, user, broker, unauthorized)
}

// connect opens a WebSocket to a broker through the site's bridge.
func connect(t *testing.T, site *url.URL, user *http.Client, broker string) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.Dial(t.Context(), "ws://"+site.Host+"/kafka?broker="+broker, &websocket.DialOptions{HTTPClient: user, Subprotocols: []string{"binary"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	return c
}

func wantBridge(t *testing.T, site *url.URL, user *http.Client, broker string, want websocket.StatusCode) {
	t.Helper()
	wantClosed(t, connect(t, site, user, broker), want)
}

// wantClosed waits until the bridge closes a WebSocket.
func wantClosed(t *testing.T, c *websocket.Conn, want websocket.StatusCode) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, _, err := c.Read(ctx); websocket.CloseStatus(err) != want {
		t.Errorf("the bridge ended it with %v, want code %d", err, want)
	}
}

func post(t *testing.T, user *http.Client, to *url.URL, form string, want int) {
	t.Helper()
	response, err := user.Post(to.String(), "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != want {
		t.Errorf("%s: %s", to, response.Status)
	}
}

// logInAndOut does what a user does, in a frame. Each step waits until the page has what the one before leads to.
const logInAndOut = `
const frame = document.createElement("iframe");
frame.src = "/brokers";
document.documentElement.append(frame);
const steps = [
  ["log in first", (page) => { page.forms[0].elements.password.value = "secret"; page.forms[0].requestSubmit(); }],
  ["Broker 0 is at ", (page) => page.forms[1].requestSubmit()],
  ["log in first", () => kafkaioPage.exit(0)],
];
const started = Date.now();
setInterval(() => {
  const shown = frame.contentDocument?.querySelector("pre");
  if (steps.length > 0 && shown?.textContent.includes(steps[0][0])) {
    shown.textContent = "";
    steps.shift()[1](frame.contentDocument);
  }
  if (Date.now() - started > 240_000) kafkaioPage.exit("crashed", steps.length + " steps are left; it shows: " + shown?.textContent);
}, 100);
`

func TestLoginInBrowser(t *testing.T) {
	for _, b := range browser.All {
		t.Run(b.Name, func(t *testing.T) {
			requireBrowser(t, b)
			site := startLogin(t, kafkatest.Shared(t).Bootstrap())
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			code, err := browser.Run(ctx, b, browser.Program{Script: logInAndOut, Handler: httputil.NewSingleHostReverseProxy(site)})
			if code != 0 || err != nil {
				t.Errorf("exit code %d, %v", code, err)
			}
		})
	}
}
