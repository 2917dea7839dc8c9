package conformance

import (
	"testing"

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
