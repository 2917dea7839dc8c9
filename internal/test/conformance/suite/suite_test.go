//go:build wasm

package suite

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/kafkaio/kafkaio/internal/test/leak"
)

// In a browser, the runtime has a goroutine for the event that JavaScript delivered last.
func TestMain(m *testing.M) {
	leak.Main(m, goleak.IgnoreAnyFunction("runtime.handleEvent"))
}

// The package above runs this in browsers and as a WASI guest. Natively it calls Run.
func TestConformance(t *testing.T) { Run(t, FromEnv(t)) }
