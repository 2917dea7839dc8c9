package wasmhost

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/experimental/sysfs"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

// Config says what a guest is given. The zero Config gives it clocks and random numbers.
type Config struct {
	// Dial makes the guest's connections, and decides which it may have. network is tcp,
	// tcp4 or tcp6; addr is what the guest wrote, and has been checked by nobody. An error
	// that wraps fs.ErrPermission or a syscall.Errno reaches the guest as such. Dial must
	// return when ctx is done: the guest gave up, or Run ends. Calls run at the same time.
	// The connection needs no deadlines and no addresses. Its Close must end its Read and
	// Write; Run closes it, at the latest when it has waited for its last bytes.
	// Nil denies every dial; (*net.Dialer).DialContext allows every one.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	Args []string // command line, the program's name first; nil: {"guest"}
	Env  []string // environment, each "key=value"; nothing is inherited

	// Stdin is read on the guest's only thread: while a Read blocks, the whole guest
	// waits, and so does Run when its ctx is done. Nil is empty.
	Stdin io.Reader
	// Stdout and Stderr take what the guest prints, however much that is; nil discards it.
	Stdout, Stderr io.Writer

	// MaxSockets bounds the sockets that the guest has at once. A socket counts from its opening
	// until it is closed and what was written to it is sent. The host holds up to 512 KiB for
	// each, if its peer is slower than the guest or the guest slower than its peer. Dialling with
	// no place left fails with EMFILE. 0 means 4096.
	MaxSockets int

	// MaxMemory bounds the guest's memory, in bytes, rounded up to a page of 64 KiB. A Go program
	// that needs more exits with code 2, "out of memory". While a memory grows, the host holds the
	// old one and the new one, up to a quarter larger. Tables, which a Go program never grows, are
	// not bounded. 0 means WebAssembly's own limit, 4 GiB.
	MaxMemory int64

	// FS has the files of the guest, e.g. wazero.NewFSConfig().WithDirMount(dir, "/").
	// Nil has none. A file that the guest opens is one of this process too, and only the system's
	// own limit bounds their number.
	FS wazero.FSConfig

	// Cache keeps compiled programs from one Run to the next: compiling takes seconds for
	// ten megabytes, finding it in the cache milliseconds. wazero.NewCompilationCache keeps
	// them in memory until it is closed, wazero.NewCompilationCacheWithDir also in files.
	// Such files are machine code that Run trusts. Nil compiles each time.
	Cache wazero.CompilationCache
}

// Run runs a GOOS=wasip1 GOARCH=wasm program until it exits, and returns its exit code: 2 if
// it panicked, as natively. The error is of what kept the program from running to its end: it
// is no such program, it failed in a way that WebAssembly traps, or ctx was done, which stops
// it even while it computes. Then the exit code is -1. (To be stoppable, a guest looks at ctx
// in every turn of every loop. That takes 45 ns: a loop over single bytes feels it.)
//
// When Run returns, the guest's connections are closed and nothing of it runs any more. What
// the guest wrote before it exited is sent first, for up to 5 seconds, or until ctx is done. A
// Config.Dial that ignores its ctx, or a connection whose Close blocks or doesn't end its Read and
// Write, delays Run by one second more; the goroutine that waits there ends when that call returns.
func Run(ctx context.Context, wasm []byte, c Config) (exitCode int, err error) {
	if err := ctx.Err(); err != nil {
		return -1, fmt.Errorf("wasmhost: not started: %w", err)
	}
	if err := c.check(); err != nil {
		return -1, fmt.Errorf("wasmhost: %w", err)
	}
	config := wazero.NewRuntimeConfig().WithCloseOnContextDone(true).WithDebugInfoEnabled(false)
	config = c.limitMemory(config)
	if c.Cache != nil {
		config = config.WithCompilationCache(c.Cache)
	}
	r := wazero.NewRuntimeWithConfig(ctx, config)
	defer r.Close(context.WithoutCancel(ctx))

	network := newNetwork(ctx, c)
	defer network.close()
	if err := instantiateWASI(ctx, r, network); err != nil {
		return -1, fmt.Errorf("wasmhost: %w", err)
	}
	// A compiled program that is never closed stays in the cache, if there is one, and is
	// closed with r otherwise.
	program, err := r.CompileModule(experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), wasm)
	if err != nil {
		return -1, c.compileError(err)
	}
	if err := checkProgram(program); err != nil {
		return -1, fmt.Errorf("wasmhost: %w", err)
	}
	_, err = r.InstantiateModule(ctx, program, c.module(network)) // runs it
	var exit *sys.ExitError
	switch {
	case err == nil:
		return 0, nil
	case !errors.As(err, &exit):
		return -1, fmt.Errorf("wasmhost: %w", err)
	case ctx.Err() != nil && stoppedByContext(exit):
		return -1, fmt.Errorf("wasmhost: stopped: %w", ctx.Err())
	}
	return int(exit.ExitCode()), nil
}

// check finds what makes no sense before anything runs.
func (c Config) check() error {
	if c.MaxSockets < 0 {
		return fmt.Errorf("MaxSockets %d: a number of sockets, or 0 for %d, was expected", c.MaxSockets, defaultMaxSockets)
	}
	if c.MaxMemory < 0 {
		return fmt.Errorf("MaxMemory %d: a number of bytes, or 0 for no limit, was expected", c.MaxMemory)
	}
	return nil
}

// checkProgram reports a library, which wazero would load without running anything.
func checkProgram(m wazero.CompiledModule) error {
	functions := m.ExportedFunctions()
	if functions["_start"] != nil {
		return nil
	}
	if functions["_initialize"] != nil {
		return errors.New("the module is a library, with _initialize and no _start: build a program, without -buildmode=c-shared")
	}
	return errors.New("the module is no program: it has no _start function")
}

func stoppedByContext(exit *sys.ExitError) bool {
	code := exit.ExitCode()
	return code == sys.ExitCodeContextCanceled || code == sys.ExitCodeDeadlineExceeded
}

// instantiateWASI gives r wazero's WASI functions, with a poll_oneoff that waits for sockets, and
// without fd_renumber: wazero's makes its table of descriptors as long as the number that the guest
// chooses, up to 16 GiB, and poll_oneoff would not know the socket by its new number.
func instantiateWASI(ctx context.Context, r wazero.Runtime, n *network) error {
	b := r.NewHostModuleBuilder(wasi_snapshot_preview1.ModuleName)
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(b)
	i32 := api.ValueTypeI32
	b.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(n.pollOneoff), []api.ValueType{i32, i32, i32, i32}, []api.ValueType{i32}).
		Export("poll_oneoff").
		NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(refuse), []api.ValueType{i32, i32}, []api.ValueType{i32}).
		Export("fd_renumber")
	_, err := b.Instantiate(ctx)
	return err
}

// refuse is a WASI function that does nothing.
func refuse(_ context.Context, _ api.Module, stack []uint64) { stack[0] = uint64(wasiENOTSUP) }

func (c Config) module(n *network) wazero.ModuleConfig {
	args := c.Args
	if args == nil {
		args = []string{"guest"}
	}
	files := c.FS
	if files == nil {
		files = wazero.NewFSConfig()
	}
	files = files.(sysfs.FSConfig).WithSysFSMount(deviceFS{network: n}, deviceDir)
	m := wazero.NewModuleConfig().
		WithName("").
		WithArgs(args...).
		WithStdin(reader(c.Stdin)).
		WithStdout(writer(c.Stdout)).
		WithStderr(writer(c.Stderr)).
		WithFSConfig(files).
		WithRandSource(rand.Reader).
		WithSysNanotime().
		WithSysWalltime()
	for _, e := range c.Env {
		key, value, _ := strings.Cut(e, "=")
		m = m.WithEnv(key, value)
	}
	return m
}

// reader hides what else r can do. The Go runtime of a guest sets its standard files
// non-blocking, which wazero would do to an *os.File of this process.
func reader(r io.Reader) io.Reader {
	if r == nil {
		return nil
	}
	return struct{ io.Reader }{r}
}

// writer does for a writer what reader does.
func writer(w io.Writer) io.Writer {
	if w == nil {
		return nil
	}
	return struct{ io.Writer }{w}
}
