package conformance

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/browsertest"
	"github.com/kafkaio/kafkaio/internal/conformance/suite"
	"github.com/kafkaio/kafkaio/internal/require"
)

// runInBrowser runs the suite in a page whose origin serves the bridge at /kafka, where a Dialer
// that names no bridge looks for it. Bridges that the tests do name are elsewhere.
func runInBrowser(t *testing.T, b browsertest.Browser) {
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, "apt-get install "+b.Package)
	}
	w := newWorld(t)
	s := w.serve(t)
	s.Bridge = ""
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var out bytes.Buffer
	code, err := browsertest.Run(ctx, b, browsertest.Program{
		Wasm:    suiteFor(t, "js"),
		Args:    suiteArgs(),
		Env:     map[string]string{suite.Env: s.String()},
		Output:  &out,
		Handler: w.bridges,
	})
	suiteEnded(t, code, err, out.String())
}
