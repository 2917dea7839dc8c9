package pagetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// newBrowser starts Chromium. It ends with the test.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	require.Long(t, "Chromium")
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		require.Missing(t, "Chromium", "apt-get install chromium")
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.Flag("lang", "en-US"),
		chromedp.Env("TZ=UTC"),
		chromedp.WSURLReadTimeout(patience),
	)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// look describes a new tab.
type look struct {
	width, height int64
	dark          bool
}

var (
	wide   = look{width: 1440, height: 900}
	narrow = look{width: 390, height: 844}
)

// A page is a tab that shows the page.
type page struct {
	t   *testing.T
	ctx context.Context
}

// open opens a tab. What the page throws or writes to the console as an error, and what its
// Content-Security-Policy stops, fails the test. That a WebSocket can't be opened, or is
// used while it breaks, doesn't: the test knows when to expect it.
func open(t *testing.T, browser context.Context, url string, l look) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	messages := chromedp.Console(ctx)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for m, err := range messages {
			if err == nil && (m.Type == chromedp.ConsoleError || m.IsException()) && m.Source != "network" && !strings.Contains(m.Text, "WebSocket") {
				t.Errorf("in the page: %v (%s:%d)", m, m.URL, m.Line)
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-read
	})
	p := &page{t: t, ctx: ctx}
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	p.emulate(l, scheme)
	p.do(chromedp.Navigate(url))
	return p
}

func (p *page) emulate(l look, scheme string) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}); err != nil {
		p.t.Fatal(err)
	}
	if _, err := chromedp.Call(p.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.width < 500,
	}); err != nil {
		p.t.Fatal(err)
	}
}

// do runs actions, within the time that they may take.
func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.fail(err)
	}
}

// evaluate returns the value of an expression of JavaScript.
func evaluate[T any](p *page, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.fail(fmt.Errorf("%s: %w", expression, err))
	}
	return value
}

// until waits for an expression to be true. While it waits, the tab may load another page.
func (p *page) until(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		met, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if met {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			p.fail(fmt.Errorf("waiting for %s: it is %v, %v", expression, met, err))
		}
	}
}

// untilText waits for an element to show a text.
func (p *page) untilText(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("document.querySelector(%q)?.innerText.includes(%q)", selector, text))
}

// untilShown waits for an element to be visible.
func (p *page) untilShown(selector string) {
	p.t.Helper()
	p.until(fmt.Sprintf("!!document.querySelector(%q)?.checkVisibility()", selector))
}

// text returns the text that an element shows.
func (p *page) text(selector string) string {
	p.t.Helper()
	return evaluate[string](p, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

func (p *page) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// fill replaces what is in a field, by typing.
func (p *page) fill(selector, text string) {
	p.t.Helper()
	evaluate[any](p, fmt.Sprintf("document.querySelector(%q).select()", selector))
	p.do(chromedp.SendKeys(chromedp.CSS(selector), kb.Delete+text))
}

// notTooWide checks that nobody has to scroll sideways.
func (p *page) notTooWide() {
	p.t.Helper()
	if overflow := evaluate[int](p, "document.documentElement.scrollWidth - innerWidth"); overflow > 0 {
		p.t.Errorf("the page is %d pixels wider than its window", overflow)
	}
}

// fail ends the test and shows what the page does.
func (p *page) fail(err error) {
	p.t.Helper()
	p.screenshot("failed")
	shown, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body.innerText"))
	p.t.Fatalf("%v\nthe page shows:\n%s", err, shown)
}

// screenshot writes what the tab shows to KAFKAIO_SCREENSHOTS, or else to a directory of the test.
func (p *page) screenshot(name string) {
	p.t.Helper()
	dir := os.Getenv("KAFKAIO_SCREENSHOTS")
	if dir == "" {
		dir = p.t.ArtifactDir()
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Errorf("screenshot: %v", err)
		return
	}
	file := filepath.Join(dir, strings.ReplaceAll(p.t.Name(), "/", "-")+"-"+name+".png")
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Error(err)
		return
	}
	p.t.Logf("screenshot: %s", file)
}
