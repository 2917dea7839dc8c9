package packagetest

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// contentSecurityPolicy is as strict as a page with the package can have it, apart from the CDN. Everything else
// is of the page's own origin, but the bridge.
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'nonce-map' 'wasm-unsafe-eval' %[1]s; worker-src 'self'; connect-src 'self' ws: %[1]s"

// scriptPages serves pages that load the package without a bundler.
func scriptPages(t *testing.T, installed string) []page {
	t.Helper()
	dist := http.FileServer(http.Dir(filepath.Join(installed, "node_modules/kafkaio/dist")))
	cdn := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		dist.ServeHTTP(w, r)
	}))
	own := "./node_modules/kafkaio/dist/"
	policy := fmt.Sprintf(contentSecurityPolicy, cdn)
	ownFiles := url.Values{"workerURL": {own + "kafkaio/worker.js"}, "wasmURL": {own + "kafkaio/kafka.wasm"}}
	return []page{
		{name: "script", url: serveScript(t, installed, own, "")},
		{name: "two origins", url: serveScript(t, installed, cdn, "")},
		{name: "strict policy", url: serveScript(t, installed, own, policy)},
		{name: "strict policy, two origins, workerURL", url: serveScript(t, installed, cdn, policy) + "?" + ownFiles.Encode()},
		{name: "strict policy, two origins", url: serveScript(t, installed, cdn, policy), want: "ERR_NOT_LOADED: the Worker could not be loaded from " +
			cdn + "kafkaio/worker.js: the page's Content-Security-Policy forbids Workers of blob: (worker-src), which a script of another origin needs; " +
			"serve worker.js from the page's own origin and name it with workerURL"},
		{name: "strict policy without the bridge", url: serveScript(t, installed, own, strings.Replace(policy, " ws: ", " ", 1)),
			want: "WebSocket could not connect"},
	}
}

// serveScript serves a page that imports the package from a URL, with a Content-Security-Policy.
func serveScript(t *testing.T, installed, packageURL, policy string) string {
	t.Helper()
	imports := fmt.Sprintf(`<script type="importmap" nonce="map">{"imports": {"kafkaio": "%skafkaio.js"}}</script>`, packageURL)
	files := http.FileServer(http.Dir(pageProject(t, installed, "", imports+module("main.js"))))
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		files.ServeHTTP(w, r)
	}))
}
