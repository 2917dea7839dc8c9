package wasmhost

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

func TestExitCodeIsTheGuests(t *testing.T) {
	for _, code := range []string{"0", "1", "3", "255"} {
		o := runProg(t, Config{}, "exit", code)
		if o.err != nil || code != itoa(o.code) {
			t.Errorf("exit %s gives %d, %v", code, o.code, o.err)
		}
	}
}

func TestPanicExitsWithItsTrace(t *testing.T) {
	o := runProg(t, Config{}, "panic", "at the disco")
	if o.code != 2 || o.err != nil || !strings.HasPrefix(o.stderr, "panic: at the disco") || !strings.Contains(o.stderr, "main.main()") {
		t.Errorf("got %+v, want exit code 2 and a trace", o)
	}
}

func TestGuestGetsWhatConfigGives(t *testing.T) {
	o := runProg(t, Config{Env: []string{"GREETING=a=b"}}, "print", "some", "arguments")
	if o.stdout != "some arguments a=b\n" || o.code != 0 || o.err != nil {
		t.Errorf("got %+v", o)
	}
	o = runProg(t, Config{Stdin: strings.NewReader("what comes in")}, "cat")
	if o.stdout != "what comes in" || o.code != 0 || o.err != nil {
		t.Errorf("got %+v", o)
	}
	files := wazero.NewFSConfig().WithFSMount(fstest.MapFS{"dir/file": {Data: []byte("content")}}, "/")
	o = runProg(t, Config{FS: files}, "readfile", "/dir/file")
	if o.stdout != "content" || o.code != 0 || o.err != nil {
		t.Errorf("got %+v", o)
	}
}

func TestGuestGetsNothingByDefault(t *testing.T) {
	o := runProg(t, Config{}, "print", "greeting:")
	if o.stdout != "greeting: \n" {
		t.Errorf("environment is inherited: %q", o.stdout)
	}
	if o := runProg(t, Config{}, "cat"); o.stdout != "" || o.code != 0 {
		t.Errorf("standard input is inherited: %+v", o)
	}
	if o := runProg(t, Config{}, "readfile", "/etc/passwd"); o.code != 1 {
		t.Errorf("files are inherited: %+v", o)
	}
	o = runProg(t, Config{}, "dial", "127.0.0.1:9092")
	if o.code != 1 || o.stderr != "dial tcp 127.0.0.1:9092: denied: the host allows this program no connections: permission denied\nerrno: Permission denied\n" {
		t.Errorf("dialling is allowed: %+v", o)
	}
}

func TestNoProgramIsAnError(t *testing.T) {
	for _, wasm := range [][]byte{nil, []byte("#!/bin/sh"), prog(t)[:1000]} {
		if code, err := Run(t.Context(), wasm, Config{}); code != -1 || err == nil {
			t.Errorf("%d bytes that are no program give %d, %v", len(wasm), code, err)
		}
	}
}

// A library has no _start, and would end at once with exit code 0.
func TestModuleWithoutStartIsAnError(t *testing.T) {
	library, err := wasmbuild.Program(t.Context(), "wasip1", "./testdata/prog", "-buildmode=c-shared")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		wasm []byte
		want string
	}{
		{"a Go library", library, "-buildmode=c-shared"},
		{"a module of nothing", []byte("\x00asm\x01\x00\x00\x00"), "no _start"},
	} {
		code, err := Run(t.Context(), test.wasm, Config{Args: []string{"prog", "exit", "0"}, Cache: cache})
		if code != -1 || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s gives %d, %v, want %q", test.name, code, err, test.want)
		}
	}
}

func TestDoneContextStopsTheGuest(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
	}{
		{"that computes", []string{"spin"}},
		{"that sleeps", []string{"sleep"}},
		{"that waits for its peer", []string{"hold", "stuck:1", "3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := startProg(t, Config{Dial: dialService}, test.args...)
			g.line(t)
			g.stop()
			if o := <-g.ended; o.code != -1 || !errors.Is(o.err, context.Canceled) || o.stderr != "" {
				t.Errorf("got %+v, want context.Canceled", o)
			}
		})
	}
}

func TestDeadlineStopsTheGuest(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if code, err := Run(ctx, prog(t), Config{Args: []string{"prog", "sleep"}, Cache: cache}); code != -1 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %d, %v", code, err)
	}
}

func TestDoneContextStartsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code, err := Run(ctx, prog(t), Config{}); code != -1 || !errors.Is(err, context.Canceled) {
		t.Errorf("got %d, %v", code, err)
	}
}

// The connections of a guest are closed when it ends: its peers see that.
func TestConnectionsEndWithTheGuest(t *testing.T) {
	for _, how := range []string{"exit", "stop"} {
		t.Run(how, func(t *testing.T) {
			conns := make(chan net.Conn, 20)
			dial := func(context.Context, string, string) (net.Conn, error) {
				guest, peer := net.Pipe()
				conns <- peer
				return guest, nil
			}
			g := startProg(t, Config{Dial: dial}, "hold", "anything:1", "20")
			g.line(t)
			first := <-conns
			if how == "exit" {
				first.Close()
			} else {
				g.stop()
			}
			for range cap(conns) - 1 {
				if n, err := (<-conns).Read(make([]byte, 1)); err != io.EOF {
					t.Errorf("peer reads (%d, %v), want io.EOF", n, err)
				}
			}
			<-g.ended
		})
	}
}

func TestBytesWrittenBeforeExitArrive(t *testing.T) {
	const size = 2 << 20
	peers := make(chan net.Conn, 1)
	dial := func(context.Context, string, string) (net.Conn, error) {
		guest, peer := net.Pipe()
		peers <- peer
		return guest, nil
	}
	g := startProg(t, Config{Dial: dial}, "writeexit", "anything:1", itoa(size))
	n, err := io.Copy(io.Discard, <-peers)
	if n != size || err != nil {
		t.Errorf("peer got %d of %d bytes, %v", n, size, err)
	}
	if o := <-g.ended; o.code != 0 || o.err != nil {
		t.Errorf("got %+v", o)
	}
}

func TestCancelledDialIsCancelledInTheHost(t *testing.T) {
	dialing, canceled := make(chan struct{}), make(chan struct{})
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		close(dialing)
		<-ctx.Done()
		close(canceled)
		return nil, ctx.Err()
	}
	g := startProg(t, Config{Dial: dial, Stdin: waitThenLine{dialing}}, "canceldial", "anything:1")
	<-canceled
	if line := g.line(t); !strings.HasPrefix(line, "true dial tcp anything:1: ") {
		t.Errorf("guest got %q", line)
	}
	if o := <-g.ended; o.code != 0 || o.err != nil {
		t.Errorf("got %+v", o)
	}
}

// waitThenLine gives a line once the channel is closed.
type waitThenLine struct{ c <-chan struct{} }

func (w waitThenLine) Read(p []byte) (int, error) {
	<-w.c
	return copy(p, "\n"), nil
}

// A dial that succeeds after the guest gave up leaves no connection behind.
func TestConnectionThatComesTooLateIsClosed(t *testing.T) {
	dialing := make(chan struct{})
	guest, peer := net.Pipe()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		close(dialing)
		<-ctx.Done()
		return guest, nil
	}
	g := startProg(t, Config{Dial: dial, Stdin: waitThenLine{dialing}}, "canceldial", "anything:1")
	if n, err := peer.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("peer reads (%d, %v), want io.EOF", n, err)
	}
	g.line(t)
	<-g.ended
}

func TestGuestsRunAtTheSameTime(t *testing.T) {
	prog(t)
	var guests sync.WaitGroup
	for range 4 {
		guests.Go(func() {
			o := runProg(t, Config{Dial: dialService}, "roundtrips", "echo:1", "1000")
			if o.code != 0 || o.err != nil {
				t.Errorf("got %+v", o)
			}
		})
	}
	guests.Wait()
}

func TestGuestOnAnotherHostSaysWhatIsMissing(t *testing.T) {
	ctx := t.Context()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(true).WithCompilationCache(cache))
	defer r.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	var stderr strings.Builder
	_, err := r.InstantiateWithConfig(ctx, prog(t), wazero.NewModuleConfig().
		WithArgs("prog", "dial", "broker:9092").WithStderr(&stderr))
	if want := "this host gives programs no sockets"; err == nil || !strings.Contains(stderr.String(), want) {
		t.Errorf("got %v, %q, want %q", err, stderr.String(), want)
	}
}
