package web

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
)

// ErrNotBuilt is Handler's error if the npm package did not exist when this binary was compiled. make builds it.
var ErrNotBuilt = errors.New("this binary was built without the page: build it with make")

// contentSecurityPolicy allows the page to load and run files of its own origin, and to connect to that
// origin, and nothing else.
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler returns a handler that serves the explorer at /, and the npm package at /kafkaio.js for other pages. Pages of
// this origin can use it with a bridge of this origin only, as the Content-Security-Policy of its Worker says. It
// fails with [ErrNotBuilt] if make did not run before this binary was compiled.
func Handler() (http.Handler, error) { return newHandler(files) }

type handler map[string]*file // by path

// A file is one that the handler serves. It has a form for each content coding in which it is stored, the
// smallest first.
type file struct {
	header http.Header
	forms  []form
	plain  form // without a coding
}

func newHandler(files fs.FS) (http.Handler, error) {
	h := make(handler)
	if err := h.addPackage(files); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	} else if err != nil {
		return nil, err
	}
	if err := h.addExplorer(files); err != nil {
		return nil, err
	}
	return h, nil
}

// contentTypes has the types by extension. Package mime would use the system's table, which differs
// between systems.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".pem":  "application/x-pem-file",
	".svg":  "image/svg+xml",
	".wasm": "application/wasm",
}

// codings has the content codings in which make stores a file, the smallest first, by their extensions.
var codings = []struct {
	extension string
	name      codingName
}{{".br", brotli}, {".gz", gzipped}}

// open reads a file in all its codings. name is without their extensions.
func open(files fs.FS, name string) (*file, error) {
	if contentTypes[path.Ext(name)] == "" {
		return nil, fmt.Errorf("web: %s: no content type for this extension", name)
	}
	var forms []form
	for _, coding := range codings {
		body, err := fs.ReadFile(files, name+coding.extension)
		if err != nil {
			return nil, err
		}
		forms = append(forms, newForm(coding.name, body))
	}
	return newFile(name, forms...)
}

// newFile returns a file of the type that the name's extension tells. A browser may keep it, and must compare its
// ETag, which a new build changes.
func newFile(name string, forms ...form) (*file, error) {
	header := http.Header{"Content-Type": {contentTypes[path.Ext(name)]}, "Cache-Control": {"no-cache"}}
	plain, err := forms[len(forms)-1].decompressed()
	if err != nil {
		return nil, fmt.Errorf("web: %s: %w", name, err)
	}
	return &file{header, forms, plain}, nil
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
	maps.Copy(header, f.header)
	if f.forms[0].coding != identity {
		header.Set("Vary", "Accept-Encoding")
	}
	chosen := f.choose(parseAcceptEncoding(r.Header.Values("Accept-Encoding")))
	if chosen.coding != identity {
		header.Set("Content-Encoding", string(chosen.coding))
	}
	header.Set("ETag", `"`+chosen.etag+`"`)
	chosen.serve(w, r)
}

// choose returns the form to which the client gives the most weight; among equals the first. It returns
// the file without a coding where the client prefers that, and where it accepts no form. A client that
// excludes identity too gets it all the same, which RFC 9110 section 12.5.3 allows.
func (f *file) choose(accepted acceptEncoding) form {
	var chosen form
	var weight float64
	for _, candidate := range f.forms {
		if w := accepted.weight(candidate.coding); w > weight {
			chosen, weight = candidate, w
		}
	}
	if weight == 0 || accepted.weight(identity) > weight {
		return f.plain
	}
	return chosen
}
