package main

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web"
)

// patience bounds what takes a second on an idle machine.
const patience = time.Minute

// itselfEnv has the arguments of a kafkaio that is a process of its own, where a test needs that.
const itselfEnv = "KAFKAIO_TEST_ITSELF"

func TestMain(m *testing.M) {
	if args := os.Getenv(itselfEnv); args != "" {
		os.Exit(run(context.Background(), stubPage, strings.Fields(args), os.Stdout, os.Stderr))
	}
	leak.Main(m)
}

// pageText is all that stubPage serves, at every path.
const pageText = "the page"

// stubPage stands for the page where a test is not about it.
func stubPage() (http.Handler, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, pageText) }), nil
}

// outcome is the result of a command that ended by itself.
type outcome struct {
	code           int
	stdout, stderr string
}

// runToEnd runs a command that has to end by itself.
func runToEnd(t *testing.T, page pageFunc, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context()) // without a deadline, which calls that have timeouts of their own would heed
	defer cancel()
	defer time.AfterFunc(patience, cancel).Stop()
	var stdout, stderr bytes.Buffer
	code := run(ctx, page, args, &stdout, &stderr)
	if ctx.Err() != nil {
		t.Fatalf("kafkaio %s did not end by itself: %s%s", strings.Join(args, " "), stdout.String(), stderr.String())
	}
	return outcome{code, stdout.String(), stderr.String()}
}

// mustSay checks that a text has all the parts.
func mustSay(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}

func TestVersionNamesPlatformAndToolchain(t *testing.T) {
	o := runToEnd(t, stubPage, "version")
	if o.code != exitOK || !strings.HasPrefix(o.stdout, "kafkaio ") {
		t.Errorf("exit code %d: %q", o.code, o.stdout)
	}
	mustSay(t, o.stdout, runtime.GOOS+"/"+runtime.GOARCH, runtime.Version())
}

// full is a device without space.
type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

func TestAResultThatCannotBeWrittenIsAnError(t *testing.T) {
	addr := broker(t)
	for _, args := range [][]string{
		patiently(addr), patiently(addr, "--json"), patiently(testnet.ClosedPort(t)), {"version"}, {"--version"}, {"--help"}, {}, {"help", "ping"},
		{"explore", addr, "--listen", "127.0.0.1:0"}, {"demo", "--listen", "127.0.0.1:0"},
	} {
		var stderr bytes.Buffer
		code := run(t.Context(), stubPage, args, full{}, &stderr)
		if want := "kafkaio: cannot write the result: no space left on device\n"; code != exitError || stderr.String() != want {
			t.Errorf("%v: exit code %d, stderr %q", args, code, stderr.String())
		}
	}
}

func TestBrokersAreReadAsTheyAreTyped(t *testing.T) {
	got, err := brokerList([]string{" a:9092/, b:9092,", "c d:1"})
	if want := []string{"a:9092", "b:9092", "c", "d:1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestABinaryWithoutThePageSaysHowToBuildOne(t *testing.T) {
	notBuilt := func() (http.Handler, error) { return nil, web.ErrNotBuilt }
	for _, args := range [][]string{{"demo"}, {"explore", "localhost:9092"}} {
		o := runToEnd(t, notBuilt, args...)
		if o.code != exitError || o.stdout != "" {
			t.Errorf("%v: exit code %d, stdout %q", args, o.code, o.stdout)
		}
		mustSay(t, o.stderr, "build with make")
	}
}

func TestColourIsForTerminals(t *testing.T) {
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as terminals are
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	for _, row := range []struct {
		w             io.Writer
		noColor, term string
		want          bool
	}{
		{terminal, "", "xterm", true},
		{terminal, "1", "xterm", false},
		{terminal, "", "dumb", false},
		{&bytes.Buffer{}, "", "xterm", false},
	} {
		t.Setenv("NO_COLOR", row.noColor)
		t.Setenv("TERM", row.term)
		if got := newPrinter(row.w).colour; got != row.want {
			t.Errorf("%T, NO_COLOR=%s, TERM=%s: colour is %v", row.w, row.noColor, row.term, got)
		}
	}
}
