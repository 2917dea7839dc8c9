// Package exectest has tests that go test runs by kafkaio exec.
package exectest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestRunsAsWASI(t *testing.T) {
	if runtime.GOOS != "wasip1" {
		t.Skip("it is for kafkaio exec")
	}
}

func TestAPageHasNoInputAndNoProcesses(t *testing.T) {
	if runtime.GOOS != "js" {
		t.Skip("it is for pages")
	}
	if n, err := os.Stdin.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("%d bytes were read, %v", n, err)
	}
	if p, err := os.StartProcess(os.Args[0], os.Args, new(os.ProcAttr)); err == nil {
		t.Errorf("process %d was started", p.Pid)
	}
}

func TestFilesAreThere(t *testing.T) {
	text, err := os.ReadFile("testdata/greeting.txt")
	if err != nil || strings.TrimSpace(string(text)) != "hello" {
		t.Fatalf("%q, %v", text, err)
	}
	name := filepath.Join(t.TempDir(), "a", "b")
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err != nil {
		t.Fatal(err)
	}
}

func TestEnvironment(t *testing.T) {
	if got := os.Getenv("KAFKAIO_EXECTEST"); got != "passed on" {
		t.Errorf("KAFKAIO_EXECTEST is %q", got)
	}
	t.Setenv("KAFKAIO_EXECTEST", "set")
	if got := os.Getenv("KAFKAIO_EXECTEST"); got != "set" {
		t.Errorf("then %q", got)
	}
}

func double(n int) int { return 2 * n }

func FuzzDouble(f *testing.F) {
	f.Add(21)
	f.Fuzz(func(t *testing.T, n int) {
		if double(n) != n+n {
			t.Error(n)
		}
	})
}

func BenchmarkDouble(b *testing.B) {
	for b.Loop() {
		double(21)
	}
}
