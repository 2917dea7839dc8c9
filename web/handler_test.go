package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

const wasm = "\x00asm\x01\x00\x00\x00 and so on"

// inBrotli is what the handler takes for Brotli. It serves that as it is, so the test needs no Brotli.
func inBrotli(text string) string { return text + " in Brotli" }

func inGzip(t *testing.T, text string) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// built has the files that the handler needs, as make builds them.
func built(t *testing.T) fstest.MapFS {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	files := fstest.MapFS{
		"dist/README.md":      file("built files"),
		"explorer/index.html": file("<!doctype html>"),
		"explorer/app.js":     file("the page's program"),
		"explorer/look.css":   file("the page's look"),
		"explorer/icon.svg":   file("<svg/>"),
	}
	for name, text := range map[string]string{"kafkaio.js": "the module", "worker.js": "the Worker", "roots.pem": "the authorities", "kafka.wasm": wasm} {
		files["dist/"+name+".br"] = file(inBrotli(text))
		files["dist/"+name+".gz"] = file(inGzip(t, text))
	}
	return files
}

// packageAt returns the directory at which a handler serves the package.
func packageAt(t *testing.T, h http.Handler) string {
	t.Helper()
	text := body(t, ask(h, "GET", "/kafkaio.js"))
	m := regexp.MustCompile(`^export \* from "\.(/kafkaio-[0-9a-f]{16}/)kafkaio\.js";\n$`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("/kafkaio.js is %q", text)
	}
	return m[1]
}

func builtHandler(t *testing.T) http.Handler {
	t.Helper()
	h, err := newHandler(built(t))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask sends a request; header is pairs of names and values.
func ask(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFilesAreServedWithTheirTypes(t *testing.T) {
	h := builtHandler(t)
	at := packageAt(t, h)
	for _, row := range []struct{ path, contentType, body string }{
		{"/", "text/html; charset=utf-8", "<!doctype html>"},
		{"/explorer/app.js", "text/javascript; charset=utf-8", "the page's program"},
		{"/explorer/look.css", "text/css; charset=utf-8", "the page's look"},
		{"/explorer/icon.svg", "image/svg+xml", "<svg/>"},
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
		{"GET", "/", []string{"Range", "bytes=100-"}, http.StatusRequestedRangeNotSatisfiable},
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
		for _, name := range p.stored {
			files := built(t)
			files[name] = &fstest.MapFile{Data: []byte("another build's")}
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

// decoded returns the program that an answer holds.
func decoded(t *testing.T, r *http.Response) string {
	t.Helper()
	switch coding := r.Header.Get("Content-Encoding"); coding {
	case "":
		return body(t, r)
	case "br":
		if got := body(t, r); got != inBrotli(wasm) {
			t.Errorf("body of coding br: %q", got)
		}
		return wasm
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	default:
		t.Errorf("Content-Encoding %q", coding)
		return ""
	}
}

func TestProgramIsSentInTheCodingThatTheClientPrefers(t *testing.T) {
	h := builtHandler(t)
	program := packageAt(t, h) + "kafkaio/kafka.wasm"
	for _, row := range []struct{ header, want string }{
		{"gzip, deflate, br, zstd", "br"}, // Chromium and Firefox, over https and to localhost
		{"gzip, deflate", "gzip"},         // both, over plain http to other hosts
		{"", ""},
		{"br", "br"},
		{"BR", "br"},
		{"gzip", "gzip"},
		{"GZIP", "gzip"},
		{"x-gzip", "gzip"}, // RFC 9110 section 8.4.1.3
		{"deflate,gzip", "gzip"},
		{"gzip,br", "br"},
		{"gzip;q=1,br;q=1", "br"},
		{"br;q=1.0, gzip;q=0.8, *;q=0.1", "br"},
		{"br;q=0.8, gzip;q=1.0", "gzip"},
		{"br;q=0.5, gzip;q=0.501", "gzip"},
		{"deflate , br ; q=0.5", "br"},
		{"br; q = 0.5, gzip; q=0.4", "br"},
		{"br;q=0.001", "br"},
		{"br;q=0, gzip", "gzip"},
		{"br;q=0", ""},
		{"br; q=0.000", ""},
		{"br;Q=0", ""},
		{"br;q=0, gzip;q=0", ""},
		{"*", "br"},
		{"*;q=0.5", "br"},
		{"*;q=0", ""},
		{"*;q=0, gzip", "gzip"},
		{"*, br;q=0", "gzip"},
		{"br;q=0, *", "gzip"},
		{"br;q=0.2, *;q=0.7", "gzip"},
		{"identity", ""},
		{"identity, br", "br"},
		{"identity;q=1, br;q=0.5", ""},
		{"identity;q=0.5, gzip;q=0.5", "gzip"},
		{"identity;q=0", ""}, // nothing that it accepts: RFC 9110 section 12.5.3
		{"br;q=0.1, gzip;q=0, *;q=0.5", ""},
		{"zstd", ""},
		{"brotli", ""},
		{"gzipped", ""},
		{";q=1", ""},
		{",", ""},
		{"br;q=x", ""},
		{"br;q=", ""},
		{"br;q=2", ""},
		{"br;q=-1", ""},
		{"br;q=nan", ""},
		{"br;level=11", ""},
	} {
		r := ask(h, "GET", program, "Accept-Encoding", row.header)
		if got := r.Header.Get("Content-Encoding"); r.StatusCode != http.StatusOK || got != row.want {
			t.Errorf("Accept-Encoding %q: %s, Content-Encoding %q, want %q", row.header, r.Status, got, row.want)
		}
		if got := decoded(t, r); got != wasm {
			t.Errorf("Accept-Encoding %q: body %q", row.header, got)
		}
		if got := r.Header.Get("Content-Type"); got != "application/wasm" {
			t.Errorf("Accept-Encoding %q: Content-Type %q", row.header, got)
		}
	}
}

func TestWithoutAcceptEncodingTheProgramHasNoCoding(t *testing.T) {
	h := builtHandler(t)
	r := ask(h, "GET", packageAt(t, h)+"kafkaio/kafka.wasm")
	if coding, got := r.Header.Get("Content-Encoding"), body(t, r); coding != "" || got != wasm {
		t.Errorf("Content-Encoding %q, body %q", coding, got)
	}
}

func TestAcceptEncodingMayHaveSeveralLines(t *testing.T) {
	h := builtHandler(t)
	r := httptest.NewRequest("GET", packageAt(t, h)+"kafkaio/kafka.wasm", nil)
	r.Header["Accept-Encoding"] = []string{"deflate, gzip;q=0.5", "br;q=0.6"}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Encoding"); got != "br" {
		t.Errorf("Content-Encoding %q", got)
	}
}

// A cache must not give one client the form of another.
func TestEachCodingHasItsOwnETagAndVaries(t *testing.T) {
	h := builtHandler(t)
	etags := make(map[string]string)
	for _, coding := range []string{"br", "gzip", ""} {
		for _, status := range []int{http.StatusOK, http.StatusNotModified} {
			header := []string{"Accept-Encoding", coding}
			if status == http.StatusNotModified {
				header = append(header, "If-None-Match", etags[coding])
			}
			r := ask(h, "GET", packageAt(t, h)+"kafkaio/kafka.wasm", header...)
			if r.StatusCode != status || r.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("coding %q: %s, Vary %q; want %d", coding, r.Status, r.Header.Get("Vary"), status)
			}
			etags[coding] = r.Header.Get("ETag")
		}
	}
	if etags["br"] == etags["gzip"] || etags["br"] == etags[""] || etags["gzip"] == etags[""] {
		t.Errorf("the codings share ETags: %v", etags)
	}
}

func TestFileThatIsNotCompressedDoesNotVary(t *testing.T) {
	for _, coding := range []string{"br, gzip", "", "identity;q=0"} {
		r := ask(builtHandler(t), "GET", "/explorer/app.js", "Accept-Encoding", coding)
		if got := body(t, r); got != "the page's program" || r.Header.Get("Content-Encoding") != "" || r.Header.Get("Vary") != "" {
			t.Errorf("coding %q: body %q, Content-Encoding %q, Vary %q", coding, got, r.Header.Get("Content-Encoding"), r.Header.Get("Vary"))
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
	files := built(t)
	files["explorer/notes.txt"] = &fstest.MapFile{Data: []byte("x")}
	if h, err := newHandler(files); h != nil || err == nil || !strings.Contains(err.Error(), "explorer/notes.txt") {
		t.Errorf("%v, %v", h, err)
	}
}

// All embedded files are there, except those that make builds.
func TestWhatIsEmbeddedIsServed(t *testing.T) {
	all := built(t)
	err := fs.WalkDir(files, "explorer", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		all[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h, err := newHandler(all)
	if err != nil {
		t.Fatal(err)
	}
	page := body(t, ask(h, "GET", "/"))
	for _, path := range []string{"explorer/app.js", "explorer/explorer.css", "explorer/icon.svg"} {
		if !strings.Contains(page, `"`+path+`"`) {
			t.Errorf("the page does not ask for %s", path)
		}
		if r := ask(h, "GET", "/"+path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}
