package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
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
		"dist/README.md": file("built files"),
	}
	for name, text := range map[string]string{
		"kafkaio.js": "the module", "worker.js": "the Worker", "roots.pem": "the authorities", "kafka.wasm": wasm,
		"index.html": "the explorer", "main.js": "its program", "theme.css": "its look", "icon.svg": "<svg />",
	} {
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
