package main

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// guestProgram is wasmhost's, built once. It is removed when all tests have run.
var guestProgram = sync.OnceValues(func() ([]byte, error) {
	return wasmbuild.Program(context.Background(), "wasip1", "../../wasmhost/testdata/prog")
})

// programFile writes the program to a file of the test.
func programFile(t *testing.T) string {
	t.Helper()
	wasm, err := guestProgram()
	if err != nil {
		t.Fatal(err)
	}
	return newFile(t, "program.wasm", string(wasm))
}

// newFile writes a file in a directory of its own.
func newFile(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	writeFile(t, name, text)
	return name
}

func TestExecRunsAProgram(t *testing.T) {
	t.Setenv("GREETING", "of this machine")
	program, dir := programFile(t), filepath.Dir(newFile(t, "letter", "dear guest"))
	for _, row := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{program, "exit", "7"}, 7, ""},
		{[]string{program, "print", "a", "--memory", "b"}, 0, "a --memory b \n"},
		{[]string{"--env", "GREETING=hello", program, "print"}, 0, " hello\n"},
		{[]string{"--env", "GREETING", program, "print"}, 0, " of this machine\n"},
		{[]string{"--dir", dir + ":/data", program, "readfile", "/data/letter"}, 0, "dear guest"},
	} {
		if o := runToEnd(t, stubPage, append([]string{"exec"}, row.args...)...); o.code != row.code || o.stdout != row.want {
			t.Errorf("%q: exit code %d, %q, %s", row.args, o.code, o.stdout, o.stderr)
		}
	}
}

func TestExecConnectsWhereItIsAllowed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	program, addr := programFile(t), listener.Addr().String()
	for _, flag := range []string{"--allow=kafka.example:9092," + addr, "--allow-all"} {
		if o := runToEnd(t, stubPage, "exec", flag, program, "dial", addr); o.code != 0 {
			t.Errorf("%s: exit code %d: %s", flag, o.code, o.stderr)
		}
	}
	o := runToEnd(t, stubPage, "exec", "--allow=localhost:1", program, "dial", addr)
	if o.code == 0 {
		t.Error("it may connect elsewhere")
	}
	mustSay(t, o.stderr, "denied", "kafkaio exec --allow "+addr+" allows it")
}

func TestExecListensWhereItIsAllowed(t *testing.T) {
	program := programFile(t)
	for _, row := range []struct {
		network string
		flags   []string
		allowed bool
	}{
		{"tcp", []string{"--listen=127.0.0.1:0"}, true},
		{"tcp", []string{"--listen=udp:127.0.0.1:0"}, false},
		{"tcp", []string{"--allow-all"}, true},
		{"udp", []string{"--listen=127.0.0.1:0"}, false},
	} {
		o := runToEnd(t, stubPage, append(append([]string{"exec"}, row.flags...), program, "listen", row.network, "127.0.0.1:0")...)
		if (o.code == 0) != row.allowed {
			t.Errorf("%s %q: exit code %d: %s", row.network, row.flags, o.code, o.stderr)
		}
		if flag := map[string]string{"tcp": "--listen 127", "udp": "--listen udp:127"}[row.network]; !row.allowed {
			mustSay(t, o.stderr, "denied", "kafkaio exec "+flag+".0.0.1:0 allows it")
		}
	}
}

// TestExecUDP has one program answer another.
func TestExecUDP(t *testing.T) {
	program := programFile(t)
	for _, listen := range []string{"--listen=udp:127.0.0.1:0", "--allow-all"} {
		ctx, cancel := context.WithCancel(t.Context())
		stdout, stderr, ended := newOutput(), newOutput(), make(chan int, 1)
		go func() {
			ended <- run(ctx, stubPage, []string{"exec", listen, program, "listen", "udp", "127.0.0.1:0"}, stdout, stderr)
		}()
		addr := strings.TrimSpace(stdout.waitFor(func(text string) string { return text }))
		o := runToEnd(t, stubPage, "exec", "--allow=udp:"+addr, program, "ask", addr, "are you there?")
		if o.code != 0 || o.stdout != "are you there?\n" {
			t.Errorf("%s: exit code %d, %q, %s", listen, o.code, o.stdout, o.stderr)
		}
		if o := runToEnd(t, stubPage, "exec", "--allow="+addr, program, "ask", addr, "?"); o.code == 0 {
			t.Error("what allows TCP allows UDP")
		} else {
			mustSay(t, o.stderr, "denied", "kafkaio exec --allow udp:"+addr+" allows it")
		}
		cancel()
		if code := <-ended; code != exitSignal {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	}
}

func TestExecIsStopped(t *testing.T) {
	program := programFile(t)
	for _, what := range []string{"spin", "sleep", "cat"} {
		t.Run(what, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			stdout, stderr, ended := newOutput(), newOutput(), make(chan int, 1)
			go func() { ended <- run(ctx, stubPage, []string{"exec", program, what}, stdout, stderr) }()
			if what != "cat" {
				stdout.waitFor(func(text string) string { return text })
			}
			cancel()
			if code := <-ended; code != exitSignal {
				t.Errorf("exit code %d: %s", code, stderr)
			}
		})
	}
	began := time.Now()
	o := runToEnd(t, stubPage, "exec", "--timeout=100ms", program, "spin")
	if o.code != exitError || time.Since(began) > patience {
		t.Errorf("exit code %d after %v", o.code, time.Since(began))
	}
	mustSay(t, o.stderr, "--timeout: stopped after 100ms")
}

func TestExecEndsATestThatHangs(t *testing.T) {
	var flags execFlags
	for _, row := range []struct {
		args string
		want time.Duration
	}{
		{"x.test -test.paniconexit0 -test.timeout=10m0s", 10*time.Minute + testGrace},
		{"x.test -test.timeout=0", 0},
		{"x.test -test.timeout=soon", 0},
		{"x.wasm", 0},
	} {
		if got := flags.limit(strings.Fields(row.args)); got != row.want {
			t.Errorf("%s: %v", row.args, got)
		}
	}
}

func TestExecBoundsMemory(t *testing.T) {
	o := runToEnd(t, stubPage, "exec", "--memory=64MiB", programFile(t), "allocate", "256")
	if o.code != 2 {
		t.Errorf("exit code %d: %s", o.code, o.stderr)
	}
	mustSay(t, o.stderr, "out of memory")
}

func TestExecNamesWhatIsWrong(t *testing.T) {
	js := hangFile(t)
	for _, row := range []struct {
		args []string
		want string
	}{
		{nil, "a program is missing"},
		{[]string{"none.wasm"}, "none.wasm: no such file"},
		{[]string{newFile(t, "script", "#!/bin/sh\n")}, "it is no WebAssembly module, but a script"},
		{[]string{newFile(t, "component.wasm", "\x00asm\x0d\x00\x01\x00")}, "it is a component"},
		{[]string{"--allow=kafka", programFile(t)}, "its port is missing"},
		{[]string{"--allow=kafka:x", programFile(t)}, "the port is no number"},
		{[]string{"--allow=kafka:1", "--allow-all", programFile(t)}, "exclude each other"},
		{[]string{"--listen=8080", programFile(t)}, "host:port or udp:host:port was expected"},
		{[]string{"--dir=/tmp", programFile(t)}, "host:guest was expected"},
		{[]string{"--dir=/none:/x", programFile(t)}, "no such file"},
		{[]string{"--env==x", programFile(t)}, "K=V was expected"},
		{[]string{"--env=NONE_OF_THIS_NAME", programFile(t)}, "there is no variable of this name"},
		{[]string{"--memory=1XB", programFile(t)}, "a size was expected"},
		{[]string{"--timeout=5", programFile(t)}, "a number with its unit was expected"},
		{[]string{"--timeout=-5s", programFile(t)}, "a positive duration was expected"},
		{[]string{"--browser=netscape", js}, "chromium or firefox was expected"},
		{[]string{"--browser=chromium", "--memory=1GiB", js}, "are for WASI programs"},
		{[]string{"--browser=chromium", "--allow-all", js}, "are for WASI programs"},
		{[]string{"--browser=chromium", "--bridge=http://localhost/kafka", js}, "ws://host:port/kafka was expected"},
		{[]string{"--browser=chromium", "--bridge=ws://localhost/kafka", "--allow=localhost:9092", js}, "exclude each other"},
		{[]string{"--browser=chromium", "--env=LONG=" + strings.Repeat("x", jsRoom), js}, "has room for 8192"},
	} {
		if o := runToEnd(t, stubPage, append([]string{"exec"}, row.args...)...); o.code != exitUsage {
			t.Errorf("%q: exit code %d", row.args, o.code)
		} else {
			mustSay(t, o.stderr, row.want)
		}
	}
}
