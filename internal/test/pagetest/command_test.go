package pagetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/web"
)

// patience is how long something may take that takes a second on an idle machine.
const patience = 60 * time.Second

// binary compiles the command, once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	name := filepath.Join(binaryDir, "kafkaio")
	build := exec.Command("go", "build", "-o", name, "./cmd/kafkaio")
	build.Dir = "../../.." // another module
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return name, nil
})

// binaryDir is removed when all tests have run.
var binaryDir string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if binaryDir, err = os.MkdirTemp("", "kafkaio-pagetest-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(binaryDir)
		return kafkatest.Main(m)
	}())
}

// A command is a kafkaio that runs.
type command struct {
	link   string // the page's, with the token
	cancel context.CancelFunc
	done   chan error
}

// start runs kafkaio and waits for the link that it prints. It is interrupted when the test ends.
func start(t *testing.T, args ...string) *command {
	t.Helper()
	if _, err := web.Handler(); errors.Is(err, web.ErrNotBuilt) {
		require.Missing(t, "the program for the browser", "make")
	}
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c := exec.CommandContext(ctx, name, args...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = patience
	stderr := &strings.Builder{}
	c.Stderr = stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	k := &command{cancel: cancel, done: make(chan error, 1)}
	links := make(chan string, 1)
	go func() {
		defer close(links)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if _, link, ok := strings.Cut(lines.Text(), "http://"); ok {
				links <- "http://" + link
				break
			}
		}
		io.Copy(io.Discard, stdout)
	}()
	link, ok := <-links
	go func() {
		for range links { // until stdout ends
		}
		k.done <- c.Wait()
	}()
	if !ok {
		t.Fatalf("kafkaio %s printed no link: %v: %s", strings.Join(args, " "), <-k.done, stderr)
	}
	k.link = link
	t.Cleanup(func() { k.stop(t) })
	return k
}

// stop interrupts the command as Ctrl-C does. It has to end well.
func (k *command) stop(t *testing.T) {
	t.Helper()
	if k.cancel == nil {
		return
	}
	k.cancel()
	k.cancel = nil
	// The error is that of the context that was cancelled, if the command itself ended with 0.
	if err := <-k.done; err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("kafkaio ended with %v", err)
	}
}

// origin is the link's host and port.
func (k *command) origin() string {
	origin, _, _ := strings.Cut(k.link, "/#")
	return origin
}
