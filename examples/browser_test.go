package examples

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web"
)

// look shows pages in frames, produces a record by the form of one of them, and waits until each shows what it
// should.
const look = `
const wanted = {
  "tail.html?topic=$topic": "partition 0, offset 0: hello from a page",
  "tail.html?topic=no-such-topic": "UNKNOWN_TOPIC_OR_PARTITION: topic no-such-topic",
  "produce.html?topic=$topic": "Stored in $topic, partition 0, offset 0.",
  "request.html": "API key 18, versions 0 to ",
};
const frames = Object.keys(wanted).map((page) => {
  const frame = document.createElement("iframe");
  frame.src = "/" + page;
  document.documentElement.append(frame);
  return frame;
});
const text = (frame) => frame.contentDocument.body?.innerText ?? "";
const lacking = () => frames.filter((frame, i) => !text(frame).includes(Object.values(wanted)[i]));
let produced = false;
const started = Date.now();
setInterval(() => {
  const form = frames[2].contentDocument.querySelector("form");
  if (!produced && text(frames[2]).includes("Connected.")) {
    produced = true;
    form.elements.value.value = "hello from a page";
    form.requestSubmit();
  }
  if (lacking().length === 0) kafkaioPage.exit(0);
  if (Date.now() - started > 240_000) kafkaioPage.exit("crashed", lacking().map((f) => f.src + " shows: " + text(f)).join("\n"));
}, 100);
`

// TestPagesHaveAnIcon holds that a browser is not left to ask for one that isn't there.
func TestPagesHaveAnIcon(t *testing.T) {
	requirePage(t)
	origin := start(t, command(t, "browser", "-broker", testnet.ClosedPort(t), "-listen", "127.0.0.1:0")).String()
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
	for _, name := range []string{"tail.html", "produce.html", "request.html"} {
		_, page := get("/" + name)
		_, icon, _ := strings.Cut(page, `<link rel="icon" href="`)
		icon, _, _ = strings.Cut(icon, `"`)
		if response, _ := get("/" + icon); icon == "" || response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "image/svg+xml" {
			t.Errorf("%s: icon %q: %s", name, icon, response.Status)
		}
	}
}

func TestBrowser(t *testing.T) {
	for _, b := range browser.All {
		t.Run(b.Name, func(t *testing.T) {
			requireBrowser(t, b)
			requirePage(t)
			brokers := kafkatest.Shared(t).Bootstrap()
			topic := newTopic(t, brokers[0], 1)
			origin := start(t, command(t, "browser", "-broker", strings.Join(brokers, ","), "-listen", "127.0.0.1:0"))
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			script := strings.ReplaceAll(look, "$topic", topic)
			code, err := browser.Run(ctx, b, browser.Program{Script: script, Handler: httputil.NewSingleHostReverseProxy(origin)})
			if code != 0 || err != nil {
				t.Errorf("exit code %d, %v", code, err)
			}
		})
	}
}

func requirePage(t *testing.T) {
	t.Helper()
	if _, err := web.Handler(); errors.Is(err, web.ErrNotBuilt) {
		require.Missing(t, "the program for the browser", "make")
	}
}

// start runs a server until the test ends, and returns the origin of its pages, which it prints.
func start(t *testing.T, c *exec.Cmd) *url.URL {
	t.Helper()
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
