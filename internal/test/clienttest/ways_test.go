package clienttest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/clienttest/suite"
	"github.com/kafkaio/kafkaio/internal/test/wasmtest"
)

var tests = wasmtest.Of("./suite", "TestClient")

// A way to the brokers. The suite is the same on each.
type way struct {
	name    string
	bridged bool // there is a bridge to the brokers
	inPage  bool
	// run runs the suite. A page has origin at /kafka of its own, where a Dialer that names no
	// bridge looks for one.
	run func(t *testing.T, s suite.Setup, origin http.Handler)
}

var ways = []way{
	{name: "Native", run: natively},
	{name: "Bridge", bridged: true, run: natively},
	{name: "WASI", run: inWASI},
	{name: "WASIBridge", bridged: true, run: inWASI},
	{name: "Chromium", bridged: true, inPage: true, run: inBrowser(browser.Chromium)},
	{name: "Firefox", bridged: true, inPage: true, run: inBrowser(browser.Firefox)},
}

// wantSome fails a test whose ways -run leaves none of.
func wantSome(t *testing.T, ran int) {
	t.Helper()
	if ran == 0 {
		t.Error("nothing ran: no way matches -run")
	}
}

// runThrough runs the suite through a bridge, if there is one on this way. In a page it is the
// default one.
func (w way) runThrough(t *testing.T, s suite.Setup, c bridge.Config) {
	if w.bridged && !w.inPage {
		s.Bridge = serveBridge(t, c).url()
	}
	w.run(t, s, bridgetest.New(t, c))
}

func natively(t *testing.T, s suite.Setup, _ http.Handler) { suite.Run(t, s) }

// inWASI runs the suite in a guest. If there is a bridge it may connect to no broker, so that
// nothing goes past it.
func inWASI(t *testing.T, s suite.Setup, _ http.Handler) {
	allowed := "--allow-all"
	if s.Bridge != "" {
		allowed = "--allow=" + strings.Split(s.Bridge, "/")[2]
		if s.Faults != "" {
			allowed += "," + s.Faults
		}
	}
	tests.InWASI(t, suite.Names(s), env(s), allowed)
}

func inBrowser(b browser.Browser) func(*testing.T, suite.Setup, http.Handler) {
	return func(t *testing.T, s suite.Setup, origin http.Handler) {
		tests.InBrowser(t, b, suite.Names(s), env(s), bridgetest.Serve(t, bridgetest.AnyOrigin(origin))+"/kafka")
	}
}

func env(s suite.Setup) map[string]string { return map[string]string{suite.Env: s.String()} }
