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

// ErrNotBuilt is Handler's error if the browser's Go program did not exist when this binary was
// compiled. make builds it.
var ErrNotBuilt = errors.New("this binary was built without the page: build it with make")

// The path at which the program is served, and the file that make writes it to.
const (
	wasmPath = "/kafkaio.wasm"
	wasmFile = "dist/kafkaio.wasm.gz"
)

// contentSecurityPolicy allows the page to load and run files of its own origin, and to connect to that
// origin, and nothing else.
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler returns a handler that serves the page at /, and at /kafkaio.js the JavaScript package for
// other pages. It fails with [ErrNotBuilt] if make did not run before this binary was compiled.
func Handler() (http.Handler, error) { return newHandler(files) }

type handler map[string]*file // by path

// A file is one that the handler serves.
type file struct {
	contentType string
	body        []byte // compressed if gzipped is set
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

// contentTypes has the types by extension. Package mime would use the system's table, which differs
// between systems.
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
	header.Set("Cache-Control", "no-cache") // a browser may keep it, and must compare its ETag, which a new build changes
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

// acceptsGzip reports whether an Accept-Encoding header allows gzip (RFC 9110 section 12.5.3). An entry
// for gzip takes precedence over one for "*".
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
