package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

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

// TestAFileIsDecompressedWhileItIsSent holds that clients without a coding never make a file of the size of kafka.wasm
// whole.
func TestAFileIsDecompressedWhileItIsSent(t *testing.T) {
	const size, clients = 32 << 20, 4
	f := zippedFile(t, size)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range clients {
		w := &counting{header: make(http.Header)}
		f.serve(w, httptest.NewRequest("GET", "/", nil))
		if w.n != size || w.header.Get("Content-Length") != strconv.Itoa(size) {
			t.Errorf("%d bytes came, and Content-Length said %s", w.n, w.header.Get("Content-Length"))
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > clients<<20 {
		t.Errorf("%d clients made it allocate %d bytes", clients, n)
	}
}

// zippedFile returns a file of size bytes that is stored in gzip only.
func zippedFile(t *testing.T, size int64) *file {
	t.Helper()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.CopyN(z, strings.NewReader(strings.Repeat("kafka.wasm", int(size)/10+1)), size)
	z.Close()
	f, err := newFile("kafka.wasm", newForm(gzipped, zipped.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A counting is a client that counts what comes.
type counting struct {
	header http.Header
	status int
	n      int
}

func (w *counting) Header() http.Header         { return w.header }
func (w *counting) WriteHeader(status int)      { w.status = status }
func (w *counting) Write(b []byte) (int, error) { w.n += len(b); return len(b), nil }

// TestAFileIsDecompressedOnceWhateverPartsAreAskedFor holds that a request doesn't cost more than the file. All that is
// decompressed is sent, so what comes is what it costs.
func TestAFileIsDecompressedOnceWhateverPartsAreAskedFor(t *testing.T) {
	const size = 1 << 20
	f := zippedFile(t, size)
	ranges := "bytes=" + strings.Repeat(fmt.Sprintf("%d-%d,", size-1, size-1), 100) + "0-0"
	for _, ifRange := range []string{"", `"` + f.plain.etag + `"`} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Range", ranges)
		r.Header.Set("If-Range", ifRange)
		w := &counting{header: make(http.Header)}
		f.serve(w, r)
		if w.status != http.StatusOK || w.n != size || w.header.Get("Content-Length") != strconv.Itoa(size) {
			t.Errorf("If-Range %q: %d, %d bytes, Content-Length %s; want the file whole", ifRange, w.status, w.n, w.header.Get("Content-Length"))
		}
		if got := r.Header.Get("Range"); got != ranges {
			t.Errorf("the caller's request has changed: Range %q", got)
		}
	}
	u := &unzipped{body: f.plain.body}
	if _, err := io.CopyN(io.Discard, u, 1); err != nil {
		t.Fatal(err)
	}
	for _, whence := range []int{io.SeekStart, io.SeekCurrent} {
		if at, err := u.Seek(0, whence); err == nil {
			t.Errorf("after a read, Seek(0, %d) went to %d", whence, at)
		}
	}
}

func TestAPartOfAFileInACodingIsServed(t *testing.T) {
	h := builtHandler(t)
	program := packageAt(t, h) + "kafkaio/kafka.wasm"
	r := ask(h, "GET", program, "Accept-Encoding", "br", "Range", "bytes=3-")
	if got := body(t, r); r.StatusCode != http.StatusPartialContent || got != inBrotli(wasm)[3:] {
		t.Errorf("%s, body %q", r.Status, got)
	}
}

func TestAFileThatIsNoGzipIsAnError(t *testing.T) {
	files := built(t)
	files["dist/kafka.wasm.gz"] = &fstest.MapFile{Data: []byte("not in gzip")}
	if h, err := newHandler(files); h != nil || err == nil || !strings.Contains(err.Error(), "kafka.wasm: gzip") {
		t.Errorf("%v, %v", h, err)
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
		r := ask(builtHandler(t), "GET", "/kafkaio.js", "Accept-Encoding", coding)
		if got := body(t, r); !strings.HasPrefix(got, "export * from ") || r.Header.Get("Content-Encoding") != "" || r.Header.Get("Vary") != "" {
			t.Errorf("coding %q: body %q, Content-Encoding %q, Vary %q", coding, got, r.Header.Get("Content-Encoding"), r.Header.Get("Vary"))
		}
	}
}
