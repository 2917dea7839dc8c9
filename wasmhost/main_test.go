package wasmhost

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"go.uber.org/goleak"

	"github.com/kafkaio/kafkaio/internal/test/conformance/peer"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

var cache = wazero.NewCompilationCache() // of all tests

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	defer cache.Close(context.Background())
	var err error
	if services.peer, err = peer.Listen(nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	services.packets = make(map[string]string)
	var stops []func()
	for name := range packetServers {
		addr, stop, err := servePackets(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		stops = append(stops, stop)
		services.packets[name] = addr
	}
	code := m.Run()
	for _, stop := range stops {
		stop()
	}
	services.peer.Shutdown() // which takes for ever if a connection was left behind
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// prog returns the program of testdata/prog.
func prog(t testing.TB) []byte { return built(t, buildProg) }

// guestTests returns the tests of package guest.
func guestTests(t testing.TB) []byte { return built(t, buildGuestTests) }

var (
	buildProg       = sync.OnceValues(func() ([]byte, error) { return wasmbuild.Program(context.Background(), "wasip1", "./testdata/prog") })
	buildGuestTests = sync.OnceValues(func() ([]byte, error) { return wasmbuild.Tests(context.Background(), "wasip1", "./guest") })
)

func built(t testing.TB, get func() ([]byte, error)) []byte {
	t.Helper()
	wasm, err := get()
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// outcome is what a guest did.
type outcome struct {
	code           int
	err            error
	stdout, stderr string
}

// runProg runs prog to its end, with c and the services.
func runProg(t testing.TB, c Config, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Args = append([]string{"prog"}, args...)
	c.Stdout, c.Stderr, c.Cache = &stdout, &stderr, cache
	code, err := Run(t.Context(), prog(t), c)
	return outcome{code, err, stdout.String(), stderr.String()}
}

// running is a guest that goes on while the test does.
type running struct {
	lines  *bufio.Reader // its standard output
	stop   context.CancelFunc
	ended  chan outcome
	stderr bytes.Buffer
}

// startProg starts prog, which is stopped at the latest when the test ends.
func startProg(t *testing.T, c Config, args ...string) *running {
	t.Helper()
	wasm := prog(t)
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	r := &running{lines: bufio.NewReader(out), stop: cancel, ended: make(chan outcome, 1)}
	c.Args = append([]string{"prog"}, args...)
	c.Stdout, c.Stderr, c.Cache = in, &r.stderr, cache
	go func() {
		code, err := Run(ctx, wasm, c)
		in.Close()
		r.ended <- outcome{code: code, err: err, stderr: r.stderr.String()}
	}()
	t.Cleanup(cancel)
	return r
}

// line returns the next line that the guest prints.
func (r *running) line(t *testing.T) string {
	t.Helper()
	s, err := r.lines.ReadString('\n')
	if err != nil {
		t.Fatalf("guest printed %q, then: %v; on standard error: %s", s, err, (<-r.ended).stderr)
	}
	return s[:len(s)-1]
}
