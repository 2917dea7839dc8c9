// Package jsfiles gives a GOOS=js program in a browser this machine's files, as Node's package fs gives them: files.js
// in the page asks a Handler.
package jsfiles

import (
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
)

// Script is what the page loads after wasm_exec.js. It defines kafkaioFiles(url, dir, {uid, gid, pid, ppid}), which
// replaces fs, process and path.resolve by those of the Handler at url, seen from the directory dir.
//
//go:embed files.js
var Script []byte

const (
	maxOpen     = 4096
	maxRead     = 1 << 20  // Go's os package asks again for what is missing
	maxArgument = 64 << 10 // of all but write
	maxWrite    = 64 << 20
	firstFile   = 3 // after the standard ones
)

// A Handler opens files for one program, with all rights of this process. It is for a page that has been given a secret
// path: whoever can reach the Handler can use it.
type Handler struct {
	mu    sync.Mutex
	files map[int]*os.File
	next  int
}

// New returns a Handler. Close it when the program has ended.
func New() *Handler { return &Handler{files: make(map[int]*os.File), next: firstFile} }

// Close closes the files that are open.
func (h *Handler) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.files {
		f.Close()
	}
	h.files = nil
}

// ServeHTTP answers a POST with the operation and its arguments in the query. The body is what to write. The answer is
// the result as JSON, or the bytes that were read; or the name of an error in the header Kafkaio-Error.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if len(r.URL.RawQuery) > maxArgument {
		fail(w, syscall.ENAMETOOLONG)
		return
	}
	var a arguments
	if err := json.Unmarshal([]byte(query.Get("args")), &a); err != nil {
		fail(w, syscall.EINVAL)
		return
	}
	op, known := operations[query.Get("op")]
	switch {
	case query.Get("op") == "read":
		h.read(w, a)
		return
	case query.Get("op") == "write":
		op = func(h *Handler, a arguments) (any, error) {
			return h.write(a, http.MaxBytesReader(w, r.Body, maxWrite))
		}
	case !known:
		fail(w, syscall.ENOSYS)
		return
	}
	result, err := op(h, a)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(result)
}

func fail(w http.ResponseWriter, err error) {
	w.Header().Set("Kafkaio-Error", codeOf(err))
	w.WriteHeader(http.StatusOK)
}

// arguments are those of any operation.
type arguments struct {
	Path, To      string
	FD            int
	Flags         int
	Mode          uint32
	Length        int
	Size          int64
	Position      *int64 // nil: where the file is
	Access, Modif int64  // in seconds since 1970
}

// operations are those of Node's package fs that Go calls, but for read and write.
var operations = map[string]func(h *Handler, a arguments) (any, error){
	"open":      (*Handler).open,
	"close":     (*Handler).closeFile,
	"fstat":     ofFile(func(f *os.File, _ arguments) (any, error) { return statOf(f.Stat()) }),
	"fchmod":    ofFile(func(f *os.File, a arguments) (any, error) { return nil, f.Chmod(fs.FileMode(a.Mode & 0o7777)) }),
	"ftruncate": ofFile(func(f *os.File, a arguments) (any, error) { return nil, f.Truncate(a.Size) }),
	"fsync":     ofFile(func(f *os.File, _ arguments) (any, error) { return nil, f.Sync() }),
	"stat":      func(_ *Handler, a arguments) (any, error) { return statOf(os.Stat(a.Path)) },
	"lstat":     func(_ *Handler, a arguments) (any, error) { return statOf(os.Lstat(a.Path)) },
	"readdir":   func(_ *Handler, a arguments) (any, error) { return names(a.Path) },
	"mkdir":     func(_ *Handler, a arguments) (any, error) { return nil, os.Mkdir(a.Path, fs.FileMode(a.Mode&0o777)) },
	"rmdir":     func(_ *Handler, a arguments) (any, error) { return nil, remove(a.Path, true) },
	"unlink":    func(_ *Handler, a arguments) (any, error) { return nil, remove(a.Path, false) },
	"rename":    func(_ *Handler, a arguments) (any, error) { return nil, os.Rename(a.Path, a.To) },
	"chmod":     func(_ *Handler, a arguments) (any, error) { return nil, os.Chmod(a.Path, fs.FileMode(a.Mode&0o777)) },
	"truncate":  func(_ *Handler, a arguments) (any, error) { return nil, os.Truncate(a.Path, a.Size) },
	"link":      func(_ *Handler, a arguments) (any, error) { return nil, os.Link(a.Path, a.To) },
	"symlink":   func(_ *Handler, a arguments) (any, error) { return nil, os.Symlink(a.Path, a.To) },
	"readlink":  func(_ *Handler, a arguments) (any, error) { return os.Readlink(a.Path) },
	"utimes": func(_ *Handler, a arguments) (any, error) {
		return nil, os.Chtimes(a.Path, time.Unix(a.Access, 0), time.Unix(a.Modif, 0))
	},
}

func ofFile(do func(*os.File, arguments) (any, error)) func(*Handler, arguments) (any, error) {
	return func(h *Handler, a arguments) (any, error) {
		f, err := h.file(a.FD)
		if err != nil {
			return nil, err
		}
		return do(f, a)
	}
}

func (h *Handler) file(fd int) (*os.File, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.files[fd]
	if f == nil {
		return nil, syscall.EBADF
	}
	return f, nil
}

func (h *Handler) open(a arguments) (any, error) {
	f, err := os.OpenFile(a.Path, openFlags(a.Flags), fs.FileMode(a.Mode&0o777))
	if err != nil {
		return nil, err
	}
	if a.Flags&oDirectory != 0 {
		if info, err := f.Stat(); err != nil || !info.IsDir() {
			f.Close()
			return nil, errors.Join(err, syscall.ENOTDIR)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.files == nil || len(h.files) >= maxOpen {
		f.Close()
		return nil, syscall.EMFILE
	}
	fd := h.next
	h.next++
	h.files[fd] = f
	return fd, nil
}

func (h *Handler) closeFile(a arguments) (any, error) {
	f, err := h.file(a.FD)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	delete(h.files, a.FD)
	h.mu.Unlock()
	return nil, f.Close()
}

func (h *Handler) read(w http.ResponseWriter, a arguments) {
	f, err := h.file(a.FD)
	if err != nil {
		fail(w, err)
		return
	}
	if a.Length < 0 {
		fail(w, syscall.EINVAL)
		return
	}
	b := make([]byte, min(a.Length, maxRead))
	var n int
	if a.Position == nil {
		n, err = f.Read(b)
	} else {
		n, err = f.ReadAt(b, *a.Position)
	}
	if err != nil && n == 0 && !errors.Is(err, io.EOF) {
		fail(w, err)
		return
	}
	w.Write(b[:n])
}

func (h *Handler) write(a arguments, body io.Reader) (any, error) {
	f, err := h.file(a.FD)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, syscall.EIO
	}
	if a.Position == nil {
		return f.Write(b)
	}
	return f.WriteAt(b, *a.Position)
}

func names(path string) (any, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	all := make([]string, 0, len(entries))
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all, nil
}

// remove removes a directory, or something else: os.Remove does both.
func remove(path string, isDir bool) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err
	case isDir && !info.IsDir():
		return syscall.ENOTDIR
	case !isDir && info.IsDir():
		return syscall.EISDIR
	}
	return os.Remove(path)
}
