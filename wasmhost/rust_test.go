package wasmhost

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// rustGuest compiles testdata/rustguest.
func rustGuest(t *testing.T) []byte {
	t.Helper()
	require.Long(t, "Rust's compiler")
	rustc, target := findRust()
	if rustc == "" {
		require.Missing(t, "Rust for WASI", "apt-get install rustc libstd-rust-dev-wasm32 lld, or rustup target add wasm32-wasip1")
	}
	file := filepath.Join(t.TempDir(), "guest.wasm")
	out, err := exec.CommandContext(t.Context(), rustc, "--edition=2021", "--target="+target, "-O", "-o", file, "testdata/rustguest/main.rs").CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", rustc, err, out)
	}
	wasm, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// findRust returns a compiler that has the library for WASI, and the name that it has for it, which is another since Rust
// 1.78. Debian's compiler may be behind one of rustup's.
func findRust() (rustc, target string) {
	for _, rustc := range []string{"rustc", "/usr/bin/rustc"} {
		for _, target := range []string{"wasm32-wasip1", "wasm32-wasi"} {
			dir, err := exec.Command(rustc, "--print=target-libdir", "--target="+target).Output()
			if err != nil {
				continue
			}
			if found, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "libstd-*.rlib")); len(found) > 0 {
				return rustc, target
			}
		}
	}
	return "", ""
}

// A guest in another language needs nothing but ABI.md.
func TestGuestInRust(t *testing.T) {
	wasm := rustGuest(t)
	run := func(args ...string) outcome {
		t.Helper()
		var stdout, stderr bytes.Buffer
		code, err := Run(t.Context(), wasm, Config{
			Dial: new(net.Dialer).DialContext, Args: append([]string{"guest"}, args...), Stdout: &stdout, Stderr: &stderr, Cache: cache,
		})
		return outcome{code, err, stdout.String(), stderr.String()}
	}
	const text, times = "0123456789", 10_000
	if o := run("tcp", testnet.Serve(t, testnet.Echo), text, itoa(times)); o.code != 0 || o.err != nil || o.stdout != strings.Repeat(text, times) {
		t.Errorf("TCP: exit code %d, %v, %d bytes, %s", o.code, o.err, len(o.stdout), o.stderr)
	}
	if o := run("udp", services.packets["echo"], text, "100"); o.code != 0 || o.err != nil || o.stdout != strings.Repeat(text, 100) {
		t.Errorf("UDP: %+v", o)
	}
	if o := run("tcp", testnet.ClosedPort(t), text); o.code != 1 || !strings.Contains(o.stderr, "connection refused (errno 14)") {
		t.Errorf("nobody listens: %+v", o)
	}
}
