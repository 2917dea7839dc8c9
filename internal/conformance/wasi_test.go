package conformance

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/kafkaio/kafkaio/internal/conformance/suite"
	"github.com/kafkaio/kafkaio/wasmhost"
)

// compiled keeps the suite, which takes long to compile under the race detector.
var compiled = wazero.NewCompilationCache()

// runInWASI runs the suite as the guest of a WASI host that makes its connections with dial.
func runInWASI(t *testing.T, s suite.Setup, dial func(context.Context, string, string) (net.Conn, error)) {
	var out bytes.Buffer
	code, err := wasmhost.Run(t.Context(), suiteFor(t, "wasip1"), wasmhost.Config{
		Dial:   dial,
		Args:   append([]string{"suite.test"}, suiteArgs()...),
		Env:    []string{suite.Env + "=" + s.String()},
		Stdout: &out,
		Stderr: &out,
		Cache:  compiled,
	})
	suiteEnded(t, code, err, out.String())
}

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
