package browser

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/kafkaio/kafkaio/internal/jsfiles"
)

// A Program runs in a page.
type Program struct {
	Wasm   []byte            // built with GOOS=js GOARCH=wasm; nil: Script only
	Script string            // JavaScript that is run first; it may end the run with kafkaioPage.exit(code)
	Args   []string          // without the program's name
	Env    map[string]string // all of it: a page has no environment of its own
	Output io.Writer         // gets what the program writes to stdout and stderr, until Run returns; nil: nobody does
	Stderr io.Writer         // gets what the program writes to stderr, if not nil
	// Dir is the program's working directory, an absolute path. Then it has all files of this machine. Empty: it has none.
	Dir string
	// Handler serves further paths of the page's origin, such as /kafka.
	Handler http.Handler
	// Started, unless it is nil, gets the ID of the browser's process, and on Unix of the group of all its processes.
	Started func(pid int)
}

//go:embed page.html page.js
var page embed.FS

// Run runs p in the browser until it exits or ctx ends, and returns its exit code.
func Run(ctx context.Context, b Browser, p Program) (exitCode int, err error) {
	wasmExec, err := wasmExecPath(ctx)
	if err != nil {
		return 0, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	if p.Output == nil {
		p.Output = io.Discard
	}
	if p.Stderr == nil {
		p.Stderr = p.Output
	}
	r := &run{program: p, done: make(chan result, 1)}
	if p.Dir != "" {
		r.files = jsfiles.New()
		defer r.files.Close()
	}
	defer r.discardOutput()
	server := &http.Server{Handler: r.routes(wasmExec)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.Serve(l)
	}()
	defer func() {
		server.Close()
		<-served
	}()
	pid, ended, stop, err := b.start("http://" + l.Addr().String() + "/")
	if err != nil {
		return 0, err
	}
	defer stop()
	if p.Started != nil {
		p.Started(pid)
	}
	select {
	case result := <-r.done:
		return result.exitCode, result.err
	case err := <-ended:
		return 0, fmt.Errorf("%s ended before the program did: %v", b.Name, err)
	case <-ctx.Done():
		return 0, fmt.Errorf("the program in %s was stopped: %w", b.Name, ctx.Err())
	}
}

type result struct {
	exitCode int
	err      error
}

// A run is one program in one browser.
type run struct {
	program Program
	files   *jsfiles.Handler // nil: none
	done    chan result

	mu sync.Mutex // of program.Output and Stderr
}

func (r *run) routes(wasmExec string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", served("page.html"))
	// Whoever is the first to ask for the program gets the path of the files. If that isn't the page, it ends with an error.
	var files atomic.Value
	files.Store("")
	if r.files != nil {
		secret := "/kafkaio-exec/" + rand.Text()
		files.Store(secret)
		mux.Handle("POST "+secret, r.files)
	}
	mux.HandleFunc("GET /kafkaio-exec/files.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(jsfiles.Script)
	})
	mux.Handle("GET /kafkaio-exec/page.js", served("page.js"))
	mux.HandleFunc("GET /kafkaio-exec/wasm_exec.js", func(w http.ResponseWriter, req *http.Request) {
		http.ServeFile(w, req, wasmExec)
	})
	mux.HandleFunc("GET /kafkaio-exec/script.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, r.program.Script)
	})
	mux.HandleFunc("GET /kafkaio-exec/program.wasm", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		w.Write(r.program.Wasm)
	})
	mux.HandleFunc("GET /kafkaio-exec/program.json", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{
			"wasm":    r.program.Wasm != nil,
			"args":    append([]string{"program.wasm"}, r.program.Args...),
			"env":     r.program.Env,
			"dir":     r.program.Dir,
			"files":   files.Swap(""),
			"process": map[string]int{"uid": os.Getuid(), "gid": os.Getgid(), "pid": os.Getpid(), "ppid": os.Getppid()},
		})
	})
	mux.HandleFunc("POST /kafkaio-exec/output", r.output)
	mux.HandleFunc("POST /kafkaio-exec/exit", r.exit)
	if r.program.Handler != nil {
		mux.Handle("/", r.program.Handler)
	}
	return mux
}

func served(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { http.ServeFileFS(w, req, page, name) })
}

func (r *run) output(_ http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	to := r.program.Output
	if req.URL.Query().Get("fd") == "2" {
		to = r.program.Stderr
	}
	io.Copy(to, req.Body)
}

// discardOutput gives Output back to the caller: a request that is still served writes no more to it.
func (r *run) discardOutput() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.program.Output, r.program.Stderr = io.Discard, io.Discard
}

func (r *run) exit(_ http.ResponseWriter, req *http.Request) {
	var got result
	body, _ := io.ReadAll(req.Body)
	if code, err := strconv.Atoi(req.URL.Query().Get("code")); err == nil {
		got.exitCode = code
	} else {
		got.err = errors.New("the program crashed: " + string(body))
	}
	select {
	case r.done <- got:
	default:
	}
}

// wasmExecPath is where the Go that builds the program keeps the JavaScript that runs it.
func wasmExecPath(ctx context.Context) (string, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	return path, nil
}
