package conformance

import (
	"net/url"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/conformance/suite"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/wasmtest"
)

func TestMain(m *testing.M) { wasmtest.Main(m) }

var tests = wasmtest.Of("./suite", "TestConformance")

// The ways to a broker. On each of them the suite is the same.

func TestNative(t *testing.T) {
	s := newWorld(t).serve(t)
	s.Bridge, s.SlowBridge = "", ""
	s.Overlap = true
	suite.Run(t, s)
}

func TestBridge(t *testing.T) {
	s := newWorld(t).serve(t)
	s.Overlap = true
	suite.Run(t, s)
}

func TestWASI(t *testing.T) {
	require.Long(t, "the suite as a WASI guest")
	s := newWorld(t).serve(t)
	s.Bridge, s.SlowBridge = "", ""
	tests.InWASI(t, suite.Names(), env(s), "--allow-all")
}

func TestWASIBridge(t *testing.T) {
	require.Long(t, "the suite as a WASI guest")
	s := newWorld(t).serve(t)
	tests.InWASI(t, suite.Names(), env(s), "--allow="+strings.Join(bridges(s), ","))
}

func TestChromium(t *testing.T) { inBrowser(t, browser.Chromium) }

func TestFirefox(t *testing.T) { inBrowser(t, browser.Firefox) }

// inBrowser runs the suite in a page whose origin has the bridge at /kafka, where a Dialer
// that names no bridge looks for it. Bridges that the tests do name are elsewhere.
func inBrowser(t *testing.T, b browser.Browser) {
	s := newWorld(t).serve(t)
	own := s.Bridge
	s.Bridge = ""
	tests.InBrowser(t, b, suite.Names(), env(s), own)
}

func env(s suite.Setup) map[string]string { return map[string]string{suite.Env: s.String()} }

// bridges are the addresses of bridges: a guest that may connect to these alone goes past none.
func bridges(s suite.Setup) (addrs []string) {
	for _, text := range []string{s.Bridge, s.AbsentBridge, s.SilentBridge} {
		u, err := url.Parse(text)
		if err != nil {
			panic(err) // world.serve made it
		}
		addrs = append(addrs, u.Host)
	}
	return addrs
}
