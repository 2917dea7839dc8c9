package wasmhost

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

var library = sync.OnceValues(func() ([]byte, error) {
	return wasmbuild.Program(context.Background(), "wasip1", "./testdata/library", "-buildmode=c-shared")
})

func newLibrary(t *testing.T, c Config) *Host {
	t.Helper()
	wasm, err := library()
	if err != nil {
		t.Fatal(err)
	}
	c.Cache = cache
	h, err := New(t.Context(), wasm, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func newInstance(t *testing.T, h *Host) *Instance {
	t.Helper()
	i, err := h.Instance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.Close() })
	return i
}

// call calls a function with one result.
func call(t *testing.T, i *Instance, function string, params ...uint64) int32 {
	t.Helper()
	results, err := i.Call(t.Context(), function, params...)
	if err != nil {
		t.Fatal(err)
	}
	return int32(results[0])
}

// pass writes a text to the library's buffer, and returns what reads the buffer.
func pass(t *testing.T, i *Instance, text string) func() string {
	t.Helper()
	at := uint32(call(t, i, "buffer", uint64(len(text))))
	if !i.Memory().WriteString(at, text) {
		t.Fatal("the buffer is outside of the memory")
	}
	return func() string {
		b, _ := i.Memory().Read(at, uint32(len(text)))
		return string(b)
	}
}

func TestInstancesOfALibrary(t *testing.T) {
	h := newLibrary(t, Config{})
	a, b := newInstance(t, h), newInstance(t, h)
	if n := call(t, a, "init"); n != 10 {
		t.Errorf("init functions left %d bytes", n)
	}
	inA, inB := pass(t, a, "of a"), pass(t, b, "of b")
	call(t, a, "upper")
	if n := call(t, a, "upper"); n != 2 {
		t.Errorf("call %d", n)
	}
	if n := call(t, b, "upper"); n != 1 {
		t.Errorf("another instance: call %d", n)
	}
	if inA() != "OF A" || inB() != "OF B" {
		t.Errorf("%q, %q", inA(), inB())
	}
}

func TestLibraryDials(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	dial, err := AllowList(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	i := newInstance(t, newLibrary(t, Config{Dial: dial, Env: []string{"ECHO=" + listener.Addr().String()}}))
	text := pass(t, i, "there and back")
	if n := call(t, i, "echo"); int(n) != len("there and back") || text() != "there and back" {
		t.Errorf("%d, %q", n, text())
	}
}

func TestCallsThatDoNotReturn(t *testing.T) {
	h := newLibrary(t, Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := newInstance(t, h).Call(ctx, "spin"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("spin: %v", err)
	}
	for _, row := range []struct {
		function string
		params   []uint64
		want     string
	}{
		{"exit", nil, "exited with code 7"},
		{"none", nil, "exports no function none"},
		{"buffer", nil, "takes 1 parameters, and was given 0"},
	} {
		if _, err := newInstance(t, h).Call(t.Context(), row.function, row.params...); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v", row.function, err)
		}
	}
}

func TestAnInstanceThatEndedSaysSo(t *testing.T) {
	i := newInstance(t, newLibrary(t, Config{}))
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := i.Call(ctx, "init"); err != nil {
		t.Fatal(err)
	}
	cancel() // too late to end anything
	if n := call(t, i, "upper"); n != 1 {
		t.Errorf("call %d", n)
	}
	if _, err := i.Call(ctx, "spin"); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	if _, err := i.Call(t.Context(), "upper"); err == nil || !strings.Contains(err.Error(), "has ended before: stopped: context canceled") {
		t.Errorf("then: %v", err)
	}
	i.Close()
	if _, err := i.Call(t.Context(), "upper"); err == nil || !strings.Contains(err.Error(), "it was closed") {
		t.Errorf("after Close: %v", err)
	}
}

func TestTheEndOfAHostEndsItsCalls(t *testing.T) {
	h := newLibrary(t, Config{})
	i := newInstance(t, h)
	ended := make(chan error, 1)
	go func() {
		_, err := i.Call(context.Background(), "spin")
		ended <- err
	}()
	h.Close()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "closed") {
		t.Error(err)
	}
}

func TestNewWantsALibrary(t *testing.T) {
	if _, err := New(t.Context(), prog(t), Config{}); err == nil || !strings.Contains(err.Error(), "-buildmode=c-shared") {
		t.Error(err)
	}
}
