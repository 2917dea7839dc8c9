package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkaio/kafkaio/wasmhost"
)

// TestWASI runs this program as WASI runs it: it may connect to one broker, and to nothing else.
func TestWASI(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	broker := cluster.ListenAddrs()[0]
	dial, err := wasmhost.AllowList(broker)
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	code, err := wasmhost.Run(t.Context(), build(t), wasmhost.Config{
		Args:   []string{"wasi", "-broker", broker},
		Stdout: &printed,
		Stderr: t.Output(),
		Dial:   dial,
	})
	if code != 0 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
	if want := "broker 0 is at " + broker + "\n"; printed.String() != want {
		t.Errorf("it printed %q, want %q", printed.String(), want)
	}
}

// build compiles the program in this directory for WASI.
func build(t *testing.T) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wasi.wasm")
	build := exec.Command("go", "build", "-o", file, ".")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=") // GOFLAGS may have -race, which WASI lacks
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	wasm, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}
