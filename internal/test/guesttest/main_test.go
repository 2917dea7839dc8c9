package guesttest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
	"github.com/kafkaio/kafkaio/wasmhost"
)

func TestMain(m *testing.M) { leak.Main(m) }

// build compiles the program in a directory.
func build(t *testing.T, dir string) []byte {
	t.Helper()
	require.Long(t, "a large program as a WASI guest")
	wasm, err := wasmbuild.Program(t.Context(), "wasip1", "./"+dir)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// allow returns what lets a guest dial these addresses, and no others.
func allow(t *testing.T, addrs ...string) wasmhost.Config {
	t.Helper()
	dial, err := wasmhost.AllowList(addrs...)
	if err != nil {
		t.Fatal(err)
	}
	return wasmhost.Config{Dial: dial}
}

// run runs a program to its end, and holds that it prints these lines.
func run(t *testing.T, wasm []byte, c wasmhost.Config, args []string, want ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Args, c.Stdout, c.Stderr = append([]string{"guest"}, args...), &stdout, &stderr
	code, err := wasmhost.Run(t.Context(), wasm, c)
	if code != 0 || err != nil {
		t.Errorf("exit code %d, %v: %s", code, err, &stderr)
	}
	if got, want := stdout.String(), strings.Join(want, "\n")+"\n"; got != want {
		t.Errorf("it prints\n%swant\n%s", got, want)
	}
}

// start runs a program that serves until the test ends, and returns the first line that it prints.
func start(t *testing.T, wasm []byte, c wasmhost.Config, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	lines, stdout := io.Pipe()
	var stderr bytes.Buffer
	c.Args, c.Stdout, c.Stderr = append([]string{"guest"}, args...), stdout, &stderr
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		code, err := wasmhost.Run(ctx, wasm, c)
		if ctx.Err() == nil {
			t.Errorf("the server ended with exit code %d, %v: %s", code, err, &stderr)
		}
		stdout.Close()
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	line, err := bufio.NewReader(lines).ReadString('\n')
	if err != nil {
		<-ended
		t.Fatalf("the server prints nothing: %s", &stderr)
	}
	return strings.TrimSpace(line)
}
