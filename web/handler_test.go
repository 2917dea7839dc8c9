package web

import (
	"errors"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestFilesAreServedWithTheirTypes(t *testing.T) {
	h := builtHandler(t)
	at := packageAt(t, h)
	for _, row := range []struct{ path, contentType, body string }{
		{"/", "text/html; charset=utf-8", "the explorer"},
		{"/explorer/main.js", "text/javascript; charset=utf-8", "its program"},
		{"/explorer/theme.css", "text/css; charset=utf-8", "its look"},
		{"/explorer/icon.svg", "image/svg+xml", "<svg />"},
		{at + "kafkaio.js", "text/javascript; charset=utf-8", "the module"},
		{at + "kafkaio/worker.js", "text/javascript; charset=utf-8", "the Worker"},
		{at + "kafkaio/roots.pem", "application/x-pem-file", "the authorities"},
		{at + "kafkaio/kafka.wasm", "application/wasm", wasm},
	} {
		r := ask(h, "GET", row.path)
		if got := body(t, r); r.StatusCode != http.StatusOK || got != row.body {
			t.Errorf("%s: %s, body %q", row.path, r.Status, got)
		}
		if got := r.Header.Get("Content-Type"); got != row.contentType {
			t.Errorf("%s: Content-Type %q, want %q", row.path, got, row.contentType)
		}
		caching, anyOrigin := "no-cache", ""
		if strings.HasPrefix(row.path, at) {
			caching, anyOrigin = "public, max-age=31536000, immutable", "*"
		}
		if got := r.Header.Get("Cache-Control"); got != caching {
			t.Errorf("%s: Cache-Control %q, want %q", row.path, got, caching)
		}
		if got := r.Header.Get("Access-Control-Allow-Origin"); got != anyOrigin {
			t.Errorf("%s: Access-Control-Allow-Origin %q, want %q", row.path, got, anyOrigin)
		}
	}
}

func TestOtherPathsAreNotFound(t *testing.T) {
	h := builtHandler(t)
	for _, path := range []string{
		"/index.html", "/explorer", "/explorer/", "/explorer/index.html", "/explorer/none.js",
		"/main.js", "/explorer/main.ts", "/explorer/main.js.br",
		"/dist/kafka.wasm.gz", "/dist/README.md", "/kafkaio/kafka.wasm", "/kafkaio/", "/kafkaio.js/",
		packageAt(t, h), packageAt(t, h) + "kafkaio/kafka.wasm.br", "/kafkaio-0000000000000000/kafkaio.js",
		"/explorer/../kafkaio.js", "//kafkaio.js", "/handler.go",
	} {
		if r := ask(h, "GET", path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	h := builtHandler(t)
	etag := ask(h, "GET", "/").Header.Get("ETag")
	for _, row := range []struct {
		method, path string
		header       []string
		want         int
	}{
		{"GET", "/", nil, http.StatusOK},
		{"HEAD", "/", nil, http.StatusOK},
		{"GET", "/", []string{"If-None-Match", etag}, http.StatusNotModified},
		{"GET", "/", []string{"Range", "bytes=1000000-", "Accept-Encoding", "gzip"}, http.StatusRequestedRangeNotSatisfiable},
		{"GET", packageAt(t, h) + "kafkaio/kafka.wasm", []string{"Accept-Encoding", "gzip"}, http.StatusOK},
		{"GET", "/none", nil, http.StatusNotFound},
		{"POST", "/", nil, http.StatusMethodNotAllowed},
	} {
		r := ask(h, row.method, row.path, row.header...)
		if r.StatusCode != row.want {
			t.Errorf("%s %s: %s, want %d", row.method, row.path, r.Status, row.want)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy":    contentSecurityPolicy,
			"Cross-Origin-Opener-Policy": "same-origin",
			"Referrer-Policy":            "no-referrer",
			"X-Content-Type-Options":     "nosniff",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s %s, %d: %s is %q, want %q", row.method, row.path, row.want, name, got, want)
			}
		}
	}
}

func TestThePolicyLetsInNothingFromElsewhere(t *testing.T) {
	for directive := range strings.SplitSeq(contentSecurityPolicy, ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(directive), " ")
		for source := range strings.FieldsSeq(sources) {
			if source != "'none'" && source != "'self'" && source != "'wasm-unsafe-eval'" {
				t.Errorf("%s allows %s", name, source)
			}
		}
	}
	for _, directive := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(contentSecurityPolicy, directive) {
			t.Errorf("no %s", directive)
		}
	}
}

func TestOnlyGETAndHEADAreAllowed(t *testing.T) {
	h := builtHandler(t)
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH"} {
		r := ask(h, method, "/kafkaio.js")
		if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %s, Allow %q", method, r.Status, r.Header.Get("Allow"))
		}
	}
}

func TestHEADIsGETWithoutTheBody(t *testing.T) {
	h := builtHandler(t)
	for _, path := range []string{"/", "/kafkaio.js", packageAt(t, h) + "kafkaio/kafka.wasm"} {
		get, head := ask(h, "GET", path), ask(h, "HEAD", path)
		if got := body(t, head); head.StatusCode != get.StatusCode || got != "" {
			t.Errorf("%s: %s, body %q", path, head.Status, got)
		}
		for _, name := range []string{"Content-Type", "Content-Length", "ETag"} {
			if got, want := head.Header.Get(name), get.Header.Get(name); got != want || got == "" {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestWhatTheBrowserHasIsNotSentAgain(t *testing.T) {
	h := builtHandler(t)
	for _, encoding := range []string{"br", "gzip", ""} {
		for _, path := range []string{"/", "/kafkaio.js", packageAt(t, h) + "kafkaio/kafka.wasm"} {
			etag := ask(h, "GET", path, "Accept-Encoding", encoding).Header.Get("ETag")
			r := ask(h, "GET", path, "Accept-Encoding", encoding, "If-None-Match", etag)
			if got := body(t, r); r.StatusCode != http.StatusNotModified || got != "" || r.Header.Get("ETag") != etag {
				t.Errorf("%s, encoding %q: %s, body %q, ETag %s, want %s", path, encoding, r.Status, got, r.Header.Get("ETag"), etag)
			}
			if r := ask(h, "GET", path, "Accept-Encoding", encoding, "If-None-Match", `"of another build"`); r.StatusCode != http.StatusOK {
				t.Errorf("%s, encoding %q, another ETag: %s", path, encoding, r.Status)
			}
		}
	}
}

func TestANewBuildIsAtANewPath(t *testing.T) {
	old := builtHandler(t)
	etag := ask(old, "GET", "/kafkaio.js").Header.Get("ETag")
	for _, p := range packageFiles {
		for _, coding := range codings {
			name := p.stored + coding.extension
			files := built(t)
			files[name] = &fstest.MapFile{Data: []byte(inGzip(t, "another build's"))}
			h, err := newHandler(files)
			if err != nil {
				t.Fatal(err)
			}
			if r := ask(h, "GET", "/kafkaio.js", "If-None-Match", etag); r.StatusCode != http.StatusOK {
				t.Errorf("%s changed: /kafkaio.js: %s", name, r.Status)
			}
			if packageAt(t, h) == packageAt(t, old) {
				t.Errorf("%s changed, and not its path", name)
			}
		}
	}
}

func TestWithoutTheProgramThereIsNoHandler(t *testing.T) {
	for _, missing := range []string{"dist/kafkaio.js.br", "dist/worker.js.gz", "dist/roots.pem.br", "dist/kafka.wasm.gz"} {
		files := built(t)
		delete(files, missing)
		if h, err := newHandler(files); h != nil || !errors.Is(err, ErrNotBuilt) {
			t.Errorf("without %s: %v, %v", missing, h, err)
		}
	}
}

func TestAFileWithoutAContentTypeIsAnError(t *testing.T) {
	if f, err := open(fstest.MapFS{}, "notes.txt"); f != nil || err == nil || !strings.Contains(err.Error(), "notes.txt") {
		t.Errorf("%v, %v", f, err)
	}
}

// TestThePageAsksForWhatIsServed holds for the explorer's index.html as it is.
func TestThePageAsksForWhatIsServed(t *testing.T) {
	page, err := os.ReadFile("explorer/index.html")
	if err != nil {
		t.Fatal(err)
	}
	h := builtHandler(t)
	asked := regexp.MustCompile(` (?:href|src)="([^"]+)"`).FindAllStringSubmatch(string(page), -1)
	if len(asked) < 3 {
		t.Fatalf("the page asks for %q", asked)
	}
	for _, m := range asked {
		if r := ask(h, "GET", "/"+m[1]); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", m[1], r.Status)
		}
	}
}
