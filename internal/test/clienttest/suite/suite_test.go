//go:build wasm

package suite

import "testing"

// The package above runs this in browsers and as a WASI guest. Natively it calls Run.
func TestClient(t *testing.T) { Run(t, FromEnv(t)) }
