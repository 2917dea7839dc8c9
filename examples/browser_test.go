package examples

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/browsertest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web"
)

// look shows the page in a frame and waits until it has what it produced itself.
const look = `
const frame = document.createElement("iframe");
frame.src = "/hello.html?topic=TOPIC";
document.documentElement.append(frame);
const started = Date.now();
setInterval(() => {
  const text = frame.contentDocument.body?.innerText ?? "";
  if (text.includes("offset 0: hello from a page")) browsertest.exit(0);
  if (Date.now() - started > 60_000) browsertest.exit("crashed", "the page shows: " + text);
}, 100);
`

// lookForNone shows the page of a topic that isn't there.
const lookForNone = `
const frame = document.createElement("iframe");
frame.src = "/hello.html?topic=no-such-topic";
document.documentElement.append(frame);
const started = Date.now();
setInterval(() => {
  const text = frame.contentDocument.body?.innerText ?? "";
  if (text.includes("There is no topic no-such-topic: create it")) browsertest.exit(0);
  if (Date.now() - started > 60_000) browsertest.exit("crashed", "the page shows: " + text);
}, 100);
`

// TestThePageOfABrowserHasAnIcon holds that a browser is not left to ask for one that isn't there.
func TestThePageOfABrowserHasAnIcon(t *testing.T) {
	if _, err := web.Handler(); errors.Is(err, web.ErrNotBuilt) {
		require.Missing(t, "the program for the browser", "make")
	}
	origin := startBrowser(t, testnet.ClosedPort(t)).String()
	get := func(path string) (*http.Response, string) {
		response, err := http.Get(origin + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(body)
	}
	_, page := get("/hello.html")
	_, icon, _ := strings.Cut(page, `<link rel="icon" href="`)
	icon, _, _ = strings.Cut(icon, `"`)
	if response, _ := get("/" + icon); icon == "" || response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("icon %q: %s", icon, response.Status)
	}
}

func TestBrowser(t *testing.T) {
	for _, b := range browsertest.All {
		t.Run(b.Name, func(t *testing.T) {
			require.Long(t, b.Name)
			if _, err := b.Find(); err != nil {
				require.Missing(t, b.Name, err.Error())
			}
			if _, err := web.Handler(); errors.Is(err, web.ErrNotBuilt) {
				require.Missing(t, "the program for the browser", "make")
			}
			brokers := kafkatest.Shared(t).Bootstrap()
			topic := newTopic(t, brokers[0], 1)
			origin := startBrowser(t, strings.Join(brokers, ","))
			for _, script := range []string{strings.ReplaceAll(look, "TOPIC", topic), lookForNone} {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				code, err := browsertest.Run(ctx, b, browsertest.Program{Script: script, Handler: httputil.NewSingleHostReverseProxy(origin)})
				if code != 0 || err != nil {
					t.Errorf("exit code %d, %v", code, err)
				}
			}
		})
	}
}

// startBrowser starts the program until the test ends, and returns the origin of its page.
func startBrowser(t *testing.T, brokers string) *url.URL {
	t.Helper()
	c := command(t, "browser", "-broker", brokers, "-listen", "127.0.0.1:0")
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	printed := bufio.NewScanner(stdout)
	printed.Scan()
	page, err := url.Parse(strings.TrimPrefix(printed.Text(), "open "))
	if err != nil || page.Host == "" {
		t.Fatalf("it printed %q", printed.Text())
	}
	return &url.URL{Scheme: page.Scheme, Host: page.Host}
}
