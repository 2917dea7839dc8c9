// Package bridgetest runs the bridges that tests connect to.
package bridgetest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
)

// shutdownTimeout bounds the wait for connections that are open when a test ends.
const shutdownTimeout = 100 * time.Millisecond

// New returns a bridge that is shut down when the test ends.
func New(t testing.TB, c bridge.Config) *bridge.Bridge {
	t.Helper()
	b, err := bridge.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		b.Shutdown(ctx)
	})
	return b
}

// Serve serves h, a bridge or a handler before one, until the test ends, and returns ws://host:port, without
// the bridge's path. Each configure changes the server before it starts; the origin is wss:// if one sets TLS.
func Serve(t testing.TB, h http.Handler, configure ...func(*httptest.Server)) (origin string) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	for _, f := range configure {
		f(server)
	}
	t.Cleanup(server.Close)
	if server.TLS == nil {
		server.Start()
		return "ws://" + server.Listener.Addr().String()
	}
	server.StartTLS()
	return "wss://" + server.Listener.Addr().String()
}

// AnyOrigin serves h to pages of any origin: whom a bridge lets in is tested with package bridge.
func AnyOrigin(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Origin")
		h.ServeHTTP(w, r)
	})
}
