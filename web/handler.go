package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// ErrNotBuilt is returned by Handler when the program for the browser was not there when this
// binary was compiled.
var ErrNotBuilt = errors.New("this binary was built without the page: build it with make")

// wasm is where the program is served, and where make puts it.
const (
	wasmPath = "/kafkaio.wasm"
	wasmFile = "dist/kafkaio.wasm.gz"
)

// contentSecurityPolicy lets the page run what came with it and talk to where it came from.
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at /, and kafkaio.js for pages of one's own. It returns ErrNotBuilt
// when make did not run before the compiler.
func Handler() (http.Handler, error) { return newHandler(files) }

type handler map[string]*file // by path

// A file is one that is served.
type file struct {
	contentType string
	body        []byte // compressed, if gzipped
	etag        string
	gzipped     bool
}

func newHandler(files fs.FS) (http.Handler, error) {
	h := make(handler)
	for _, f := range []struct{ path, name string }{
		{wasmPath, wasmFile},
		{"/wasm_exec.js", "dist/wasm_exec.js"},
		{"/kafkaio.js", "kafkaio.js"},
		{"/kafkaio.d.ts", "kafkaio.d.ts"},
	} {
		if err := h.add(files, f.path, f.name); errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNotBuilt
		} else if err != nil {
			return nil, err
		}
	}
	err := fs.WalkDir(files, "explorer", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return h.add(files, "/"+name, name)
	})
	if err != nil {
		return nil, err
	}
	h["/"] = h["/explorer/index.html"]
	delete(h, "/explorer/index.html")
	return h, nil
}

// contentTypes by extension. The system's table is not asked: it differs between systems.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".ts":   "text/plain; charset=utf-8",
	".svg":  "image/svg+xml",
	".wasm": "application/wasm",
}

func (h handler) add(files fs.FS, urlPath, name string) error {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	contentType := contentTypes[path.Ext(urlPath)]
	if contentType == "" {
		return fmt.Errorf("web: %s: no content type for this extension", name)
	}
	sum := sha256.Sum256(body)
	h[urlPath] = &file{
		contentType: contentType,
		body:        body,
		etag:        hex.EncodeToString(sum[:8]),
		gzipped:     path.Ext(name) == ".gz",
	}
	return nil
}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", contentSecurityPolicy)
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	f := h[r.URL.Path]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	f.serve(w, r)
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.contentType)
	header.Set("Cache-Control", "no-cache") // may be kept, but is asked for again: a new build has a new ETag
	header.Set("ETag", `"`+f.etag+`"`)
	body := f.body
	if f.gzipped {
		header.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			header.Set("Content-Encoding", "gzip")
		} else {
			header.Set("ETag", `"`+f.etag+`-plain"`)
			var err error
			if body, err = gunzip(f.body); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

func gunzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110 section 12.5.3). What it says of gzip counts
// more than what it says of any coding.
func acceptsGzip(header string) bool {
	others := false
	for coding := range strings.SplitSeq(strings.ToLower(header), ",") {
		name, weight, _ := strings.Cut(coding, ";")
		q, hasWeight := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		accepted := !hasWeight || strings.Trim(q, "0.") != ""
		switch strings.TrimSpace(name) {
		case "gzip", "x-gzip":
			return accepted
		case "*":
			others = accepted
		}
	}
	return others
}
