package pagetest

import (
	"testing"
)

const rows = "document.querySelectorAll('.record').length"

func TestLooks(t *testing.T) {
	k := start(t, "demo", "--listen", "127.0.0.1:0")
	browser := newBrowser(t)
	for _, l := range []struct {
		name string
		look look
	}{
		{"wide", wide},
		{"dark", look{width: wide.width, height: wide.height, dark: true}},
		{"middle", look{width: 1024, height: 768}},
		{"narrow", narrow},
		{"narrow-dark", look{width: narrow.width, height: narrow.height, dark: true}},
	} {
		t.Run(l.name, func(t *testing.T) {
			p := open(t, browser, k.link, l.look)
			p.until(rows + " > 30")
			p.until("document.querySelectorAll('.fresh').length > 5")
			p.screenshot("live")
			p.click(".record:nth-of-type(4) .toggle")
			p.untilShown(".details")
			p.screenshot("open")
		})
	}
}
