package clienttest

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/browsertest"
	"github.com/kafkaio/kafkaio/internal/clienttest/suite"
	"github.com/kafkaio/kafkaio/internal/kafkatest"
	"github.com/kafkaio/kafkaio/internal/wasmtest"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m)) }

var tests = wasmtest.Of("./suite")

// The ways to a broker. On each of them the suite is the same.

func TestNative(t *testing.T) { suite.Run(t, cluster(t)) }

func TestBridge(t *testing.T) {
	s := cluster(t)
	server := httptest.NewServer(newBridge(t, s))
	defer server.Close()
	s.Bridge = "ws" + strings.TrimPrefix(server.URL, "http") + "/kafka"
	suite.Run(t, s)
}

func TestWASI(t *testing.T) {
	tests.InWASI(t, env(cluster(t)), new(net.Dialer).DialContext)
}

func TestWASIBridge(t *testing.T) {
	s := cluster(t)
	server := httptest.NewServer(newBridge(t, s))
	defer server.Close()
	s.Bridge = "ws" + strings.TrimPrefix(server.URL, "http") + "/kafka"
	tests.InWASI(t, env(s), only(server.Listener.Addr().String()))
}

func TestChromium(t *testing.T) { inBrowser(t, browsertest.Chromium) }

func TestFirefox(t *testing.T) { inBrowser(t, browsertest.Firefox) }

// inBrowser runs the suite in a page whose own origin has the bridge.
func inBrowser(t *testing.T, b browsertest.Browser) {
	s := cluster(t)
	mux := http.NewServeMux()
	mux.Handle("/kafka", newBridge(t, s))
	tests.InBrowser(t, b, env(s), mux)
}

// cluster returns the Setup for the cluster that all tests share. One broker is enough to start
// with: it names the others, to a bridge as well.
func cluster(t *testing.T) suite.Setup {
	return suite.Setup{Brokers: kafkatest.Shared(t).Bootstrap()[:1]}
}

func env(s suite.Setup) map[string]string { return map[string]string{suite.Env: s.String()} }

func newBridge(t *testing.T, s suite.Setup) *bridge.Bridge {
	t.Helper()
	b, err := bridge.New(bridge.Config{Brokers: s.Brokers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		b.Shutdown(ctx)
	})
	return b
}

// only is the dial of a guest that may connect to the bridge and to no broker, so that nothing
// goes past it.
func only(bridge string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr != bridge {
			return nil, fmt.Errorf("dial %s: %w", addr, fs.ErrPermission)
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}
