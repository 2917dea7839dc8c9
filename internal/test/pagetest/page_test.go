package pagetest

import (
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

const (
	rows  = "document.querySelectorAll('.record').length"
	fresh = "document.querySelectorAll('.record.fresh').length" // arrived since the tail began
)

func TestDemoListsTailsAndProduces(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	p := open(t, newBrowser(t), k.link, wide)
	p.untilText("#status", "Connected")
	p.untilText("#cluster", "kafkaio-demo")
	p.until("document.querySelectorAll('#brokers li').length === 3")
	p.untilText("[data-topic=orders]", "6 partitions")
	p.untilText("[data-topic=page-views]", "3 partitions")

	p.untilText("#topic-name", "orders")
	p.until(rows + " >= 300") // the last 50 of 6 partitions
	p.until(fresh + " >= 3")
	newestFirst(p)

	p.fill("#produce-key", "from-the-test")
	p.fill("#produce-value", `{"made":"by a person in a browser"}`)
	p.click("#produce [type=submit]")
	p.untilText("#produced", "Stored in partition")
	p.untilText(".record.mine .key", "from-the-test")
	p.untilText(".record.mine .value", `{"made":"by a person in a browser"}`)

	p.click("[data-topic=page-views]")
	p.untilText("#topic-name", "page-views")
	p.until(fmt.Sprintf("%s >= 150 && %s", rows, everyRow(`r => r.innerText.includes('"visitor"')`)))
}

// newestFirst checks the order in which rows are shown.
func newestFirst(p *page) {
	p.t.Helper()
	times := evaluate[[]string](p, "[...document.querySelectorAll('.record')].map(r => r.querySelector('.toggle').title)")
	// Those that arrive are in the order in which they do, which their times follow but for a bit.
	old := times[len(times)/2:]
	for i := range len(old) - 1 {
		if old[i] < old[i+1] {
			p.t.Errorf("a record of %s is above one of %s", old[i], old[i+1])
		}
	}
}

func everyRow(condition string) string {
	return fmt.Sprintf("[...document.querySelectorAll('.record:not([hidden])')].every(%s)", condition)
}

func TestRecordsCanBeOpenedFilteredAndPaused(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	p := open(t, newBrowser(t), k.link, wide)
	p.until(fresh + " >= 1")

	p.click("#pause")
	p.untilText("#pause", "new")
	shown := evaluate[int](p, rows)
	p.untilText("#pause", "3 new")
	if n := evaluate[int](p, rows); n != shown {
		t.Errorf("%d records are shown while paused, then %d", shown, n)
	}

	p.click(".record:nth-of-type(3) .toggle")
	p.untilShown(".record:nth-of-type(3).open .details")
	p.untilText(".details pre", "  \"status\": \"")
	p.untilText(".details", "application/json")
	p.click(".views button:last-child")
	p.untilText(".details pre", "000000  7b 22 69 64")
	p.do(chromedp.Focus(chromedp.CSS(".record:nth-of-type(3) .toggle")), chromedp.KeyEvent("\r"))
	p.until("document.querySelector('.details') === null")

	p.fill("#filter", "LISBON")
	p.untilText("#shown", " of ")
	p.until(everyRow(`r => r.querySelector('.value').textContent.includes('Lisbon')`))
	p.fill("#filter", "nothing has this text")
	p.untilText("#empty", "None of the records")
	p.fill("#filter", "")
	p.untilText("#shown", "")

	p.click("#pause")
	p.until(rows + " > " + fmt.Sprint(shown))
}

func TestAnOpenRecordStaysInItsPlace(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	p := open(t, newBrowser(t), k.link, wide)
	p.until(fresh + " >= 1")
	p.click(".record:nth-of-type(3) .toggle")
	p.untilShown(".details")
	const top = "document.querySelector('.record.open').getBoundingClientRect().top"
	before, arrived := evaluate[float64](p, top), evaluate[int](p, fresh)
	p.until(fmt.Sprintf("%s >= %d", fresh, arrived+5))
	if after := evaluate[float64](p, top); math.Abs(after-before) > 1 {
		t.Errorf("it was at %v, and is at %v after 5 records arrived", before, after)
	}
}

func TestARecordIsOpenedWhereThePointerWentDown(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	p := open(t, newBrowser(t), k.link, wide)
	p.until(fresh + " >= 1")
	evaluate[any](p, "addEventListener('pointerdown', (event) => { window.pressed = event.target.closest('.record') }, { capture: true }), 0")
	at := evaluate[[]float64](p, "((r) => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector('.record:nth-of-type(3) .value').getBoundingClientRect())")
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	arrived := evaluate[int](p, fresh)
	p.until(fmt.Sprintf("%s >= %d", fresh, arrived+2)) // which moves it away
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	p.untilShown(".details")
	if !evaluate[bool](p, "pressed.classList.contains('open')") {
		t.Error("another record was opened")
	}
}

// Clients that are written well don't produce one, so that it is made here.
func TestATimestampThatIsNoTimeIsShownAsItIs(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	p := open(t, newBrowser(t), k.link, wide)
	evaluate[any](p, `import("/explorer/row.js").then(({ Row }) => {
		const row = new Row({ partition: 0, offset: 0n, timestamp: 1.7e18, key: null, value: null, valueLength: -1, headers: [] });
		row.flip();
		window.shown = [row.toggle.textContent, row.element.querySelector(".details").textContent];
	}), 0`)
	p.until("window.shown?.every((text) => text.includes('1700000000000000000'))")
}

func TestReloadAndASecondTabWork(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	browser := newBrowser(t)
	p := open(t, browser, k.link, wide)
	p.click("[data-topic=page-views]")
	p.until(fresh + " >= 1")

	p.do(chromedp.Reload())
	p.untilText("#topic-name", "page-views") // which is in the link by now
	p.until(fresh + " >= 1")

	second := open(t, browser, k.link, wide)
	second.untilText("#topic-name", "orders")
	second.until(fresh + " >= 1")
	p.until(fresh + " >= 1")
}

func TestWithoutTheTokenThePageSaysWhereTheLinkIs(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	browser := newBrowser(t)
	for _, l := range []struct{ link, want string }{
		{k.origin() + "/", "Open the link with the token"},
		{k.origin() + "/#token=OFANOTHERRUN", "The token in this link is not valid"},
	} {
		p := open(t, browser, l.link, wide)
		p.untilText("#locked", l.want)
		p.untilText("#locked", "kafkaio demo")
		p.untilText("#status", "Closed")
		if n := evaluate[int](p, rows); n != 0 {
			t.Errorf("%d records are shown without the token", n)
		}
		p.screenshot(strings.Fields(l.want)[0])
		p.emulate(narrow, "dark")
		p.screenshot(strings.Fields(l.want)[0] + "-narrow-dark")
	}
}

func TestAUserWithoutCredentialsReadsTheBridgesReason(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	accounts := write("identities.yaml", "alice: {user: alice, password: of alice}\n")
	k := start(t, "bridge", write("bridge.yaml", fmt.Sprintf(`listen: 127.0.0.1:0
page: true
auth:
  tokens:
    - {identity: bob, sha256: "%x"}
clusters:
  - name: prod
    brokers: [%q]
    allow_plaintext: true
    sasl: {mechanism: scram-sha-512, identities_file: %q}
`, sha256.Sum256([]byte("secret")), testnet.ClosedPort(t), accounts)))

	p := open(t, newBrowser(t), k.link+"#token=secret", wide)
	p.untilText("#notice-title", "The bridge denies access.")
	p.untilText("#notice-text", "The bridge has no credentials of bob for this cluster")
	p.untilText("#status", "Closed")
	p.untilText("#empty", "Not connected.")
}

func TestALinkPastedOverThePageLetsItIn(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	p := open(t, newBrowser(t), k.origin()+"/", wide)
	p.untilShown("#locked")
	evaluate[any](p, fmt.Sprintf("location.href = %q; 0", k.link))
	p.until(fresh + " >= 1")
}

// The pictures are for people to look at.
func TestPictures(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	browser := newBrowser(t)
	for _, l := range []struct {
		name string
		look look
	}{
		{"wide", wide},
		{"wide-dark", look{width: wide.width, height: wide.height, dark: true}},
		{"middle", look{width: 1024, height: 768}},
		{"narrow", narrow},
		{"narrow-dark", look{width: narrow.width, height: narrow.height, dark: true}},
	} {
		p := open(t, browser, k.link, l.look)
		p.until(fresh + " > 5")
		p.screenshot(l.name)
		// Not by the mouse: live records move the row between its press and its release.
		evaluate[any](p, `document.querySelector(".record:nth-of-type(4) .toggle").click(); 0`)
		p.untilShown(".details")
		p.screenshot(l.name + "-open")
		p.notTooWide()
	}
}
