package browser

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/kafkaio/kafkaio/internal/jsfiles"
)

//go:embed page.html page.js
var page embed.FS

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
			"args":    append([]string{ProgramName}, r.program.Args...),
			"env":     r.program.Env,
			"dir":     r.program.Dir,
			"files":   files.Swap(""),
			"process": map[string]int{"uid": os.Getuid(), "gid": os.Getgid(), "pid": os.Getpid(), "ppid": os.Getppid()},
		})
	})
	mux.HandleFunc("GET /kafkaio-exec/alive", r.alive)
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
	r.end(got)
}

// stayAlive is how often alive sends a byte: browsers give up a response from which nothing comes, after minutes.
const stayAlive = 20 * time.Second

// alive lasts as long as the page does.
func (r *run) alive(w http.ResponseWriter, req *http.Request) {
	tick := time.NewTicker(stayAlive)
	defer tick.Stop()
	out := http.NewResponseController(w)
	for {
		if _, err := w.Write([]byte("\n")); err != nil || out.Flush() != nil {
			break
		}
		select {
		case <-tick.C:
			continue
		case <-req.Context().Done():
		}
		break
	}
	r.end(result{err: errors.New("its page has crashed, or was left")})
}

// end ends the run with its first result.
func (r *run) end(got result) {
	select {
	case r.done <- got:
	default:
	}
}
