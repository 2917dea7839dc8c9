package conformance

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/conformance/suite"
	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/wasmtest"
)

func TestMain(m *testing.M) { leak.Main(m) }

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
	tests.InWASI(t, suite.Names(), env(s), new(net.Dialer).DialContext)
}

func TestWASIBridge(t *testing.T) {
	require.Long(t, "the suite as a WASI guest")
	s := newWorld(t).serve(t)
	tests.InWASI(t, suite.Names(), env(s), onlyBridges(s))
}

func TestChromium(t *testing.T) { inBrowser(t, browser.Chromium) }

func TestFirefox(t *testing.T) { inBrowser(t, browser.Firefox) }

// inBrowser runs the suite in a page whose origin serves the bridge at /kafka, where a Dialer
// that names no bridge looks for it. Bridges that the tests do name are elsewhere.
func inBrowser(t *testing.T, b browser.Browser) {
	w := newWorld(t)
	s := w.serve(t)
	s.Bridge = ""
	tests.InBrowser(t, b, suite.Names(), env(s), w.bridges)
}

func env(s suite.Setup) map[string]string { return map[string]string{suite.Env: s.String()} }

// onlyBridges is the dial of a guest that may connect to bridges and not to brokers, so that
// nothing goes past them.
func onlyBridges(s suite.Setup) func(context.Context, string, string) (net.Conn, error) {
	var d net.Dialer
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		for _, url := range []string{s.Bridge, s.AbsentBridge, s.SilentBridge} {
			if strings.HasPrefix(url, "ws://"+addr+"/") {
				return d.DialContext(ctx, network, addr)
			}
		}
		return nil, fmt.Errorf("dial %s: %w", addr, fs.ErrPermission)
	}
}
