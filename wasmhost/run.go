package wasmhost

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/sysfs"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"github.com/kafkaio/kafkaio/internal/wasmbinary"
)

// Config is what a guest may use. The zero Config gives it clocks and random numbers only.
type Config struct {
	// Dial makes the guest's connections, or refuses them with an error. network is tcp, tcp4, tcp6,
	// udp, udp4 or udp6: a Dial that doesn't look at it allows UDP, too. addr is the guest's text, unchecked. An error that wraps fs.ErrPermission or a
	// syscall.Errno reaches the guest as such. Several calls may run at once. Dial must return when
	// ctx ends, because the guest has given up or Run ends.
	//
	// The connection needs no deadlines and no addresses. Its Close must unblock its Read and Write.
	// Run closes it.
	//
	// Of UDP, each Read and Write is one datagram. What the guest doesn't read, the host doesn't read.
	//
	// Nil refuses every dial. (*net.Dialer).DialContext allows every one.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	// Listen opens the guest's listeners, or refuses them with an error, in the same way. The host accepts up to 16
	// connections of each before the guest does; each is closed if the guest closes the listener first. Run closes the
	// listener, which must end its Accept. Nil refuses all. (*net.ListenConfig).Listen allows every one.
	Listen func(ctx context.Context, network, addr string) (net.Listener, error)

	// ListenPacket opens sockets for the guest that receive datagrams at addr, and send some to any address that the
	// net.PacketConn's WriteTo allows; or refuses them with an error. network is udp, udp4 or udp6. WriteTo gets a
	// *net.UDPAddr. Run closes the net.PacketConn, which must end its ReadFrom and WriteTo; it needs no deadlines. Nil
	// refuses all. (*net.ListenConfig).ListenPacket allows every one, and AllowListen some that only answer.
	ListenPacket func(ctx context.Context, network, addr string) (net.PacketConn, error)

	Args []string // the command line, with the program's name first; nil means {"guest"}
	Env  []string // the environment, each "key=value"; the guest inherits nothing

	// Stdin is the guest's standard input. Its Read runs on the guest's only thread: while it
	// blocks, the whole guest waits, and Run can't end, even if its ctx has. Nil is empty.
	Stdin io.Reader
	// Stdout and Stderr get what the guest prints, without a limit. Nil discards it.
	Stdout, Stderr io.Writer

	// MaxSockets bounds the guest's sockets. A socket counts until the guest has closed it and the
	// bytes written to it are sent. The host buffers up to 512 KiB for each, 256 KiB a direction, and
	// 64 KiB more for one of UDP. At the limit, the guest's dials fail with EMFILE. 0 means 4096.
	MaxSockets int

	// MaxMemory bounds the guest's memory, in bytes; it is rounded up to a page of 64 KiB. A Go
	// program that needs more exits with code 2, "out of memory". While the memory grows, the host
	// holds the old one and the new one, which is up to a quarter larger. Tables come on
	// top: all of them together have at most 10,000,000 elements of 8 bytes. A Go program never grows one. 0 means WebAssembly's own limit, 4 GiB.
	MaxMemory int64

	// FS is the guest's file system, such as wazero.NewFSConfig().WithDirMount(dir, "/"). Nil is
	// empty. Each file that the guest opens is open in this process too; only the system bounds
	// their number.
	FS wazero.FSConfig

	// Cache keeps compiled programs from one Run to the next. Compiling a program of 10 MB takes
	// seconds, finding it in the cache milliseconds. wazero.NewCompilationCache keeps programs in
	// memory until it is closed; wazero.NewCompilationCacheWithDir also keeps them in files, which
	// are machine code that Run trusts. Nil compiles each time.
	Cache wazero.CompilationCache
}

// Run runs a GOOS=wasip1 GOARCH=wasm program until it exits, and returns its exit code. A panic's
// is 2, as natively.
//
// If the program doesn't run to its end, Run returns -1 and an error: wasm is no such program, it
// caused a WebAssembly trap, or ctx ended. The end of ctx stops a program even while it computes.
//
// Before it returns, Run sends what the guest wrote, for up to 5 seconds unless ctx ends, and closes
// the guest's connections. It waits one more second for a Config.Dial that ignores its ctx, and for a
// connection whose Close blocks or doesn't unblock Read and Write. Then it leaves that call to its
// goroutine, and nothing else of the guest runs.
func Run(ctx context.Context, wasm []byte, c Config) (exitCode int, err error) {
	h, err := newHost(ctx, wasm, c, wasmbinary.Program)
	if err != nil {
		return -1, err
	}
	defer h.Close()
	ctx, end := context.WithCancel(ctx)
	defer end()
	n := newNetwork(ctx, c)
	defer n.close()
	var exit *sys.ExitError
	switch _, err := h.start(ctx, n, "_start"); {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit):
		return int(exit.ExitCode()), nil
	default:
		return -1, fmt.Errorf("wasmhost: %w", err)
	}
}

// check returns an error if a field is invalid.
func (c Config) check() error {
	if c.MaxSockets < 0 {
		return fmt.Errorf("MaxSockets %d: a number of sockets, or 0 for %d, was expected", c.MaxSockets, defaultMaxSockets)
	}
	if c.MaxMemory < 0 {
		return fmt.Errorf("MaxMemory %d: a number of bytes, or 0 for no limit, was expected", c.MaxMemory)
	}
	return nil
}

// instantiateWASI adds wazero's WASI functions to r, with two changes. poll_oneoff waits for sockets.
// fd_renumber fails: wazero's grows its table to the number that the guest chooses, up to 16 GiB, and
// poll_oneoff would not know a socket by its new number.
func instantiateWASI(ctx context.Context, r wazero.Runtime) error {
	b := r.NewHostModuleBuilder(wasi_snapshot_preview1.ModuleName)
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(b)
	i32 := api.ValueTypeI32
	b.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(pollOneoff), []api.ValueType{i32, i32, i32, i32}, []api.ValueType{i32}).
		Export("poll_oneoff").
		NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(refuse), []api.ValueType{i32, i32}, []api.ValueType{i32}).
		Export("fd_renumber")
	_, err := b.Instantiate(ctx)
	return err
}

// refuse is a WASI function that fails with ENOTSUP.
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

// reader hides all methods of r but Read. A guest's Go runtime makes its standard files non-blocking;
// wazero would pass that on to an *os.File, and so to this process.
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
