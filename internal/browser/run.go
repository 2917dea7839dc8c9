package browser

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/kafkaio/kafkaio/internal/jsfiles"
)

// ProgramName is what a program has as its name: argument 0.
const ProgramName = "program.wasm"

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
	started, err := b.start("http://" + l.Addr().String() + "/")
	if err != nil {
		return 0, err
	}
	defer started.stop()
	if p.Started != nil {
		p.Started(started.cmd.Process.Pid)
	}
	select {
	case result := <-r.done:
		return result.exitCode, result.err
	case err := <-started.ended:
		return 0, fmt.Errorf("%s ended before the program did: %w", b.Name, err)
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
