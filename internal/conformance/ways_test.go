package conformance

import (
	"net"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browsertest"
	"github.com/kafkaio/kafkaio/internal/conformance/suite"
)

// The ways to a broker. On each of them the suite is the same.

func TestNative(t *testing.T) {
	s := newWorld(t).serve(t)
	s.Bridge, s.SlowBridge = "", ""
	suite.Run(t, s)
}

func TestBridge(t *testing.T) {
	suite.Run(t, newWorld(t).serve(t))
}

func TestWASI(t *testing.T) {
	s := newWorld(t).serve(t)
	s.Bridge, s.SlowBridge = "", ""
	var sockets net.Dialer
	runInWASI(t, s, sockets.DialContext)
}

func TestWASIBridge(t *testing.T) {
	s := newWorld(t).serve(t)
	runInWASI(t, s, onlyBridges(s))
}

func TestChromium(t *testing.T) { runInBrowser(t, browsertest.Chromium) }

func TestFirefox(t *testing.T) { runInBrowser(t, browsertest.Firefox) }
