package browser

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// onFirst calls a function when something is written to it for the first time.
type onFirst func()

func (f *onFirst) Write(b []byte) (int, error) {
	if *f != nil {
		(*f)()
		*f = nil
	}
	return len(b), nil
}

func TestACrashedPageEndsTheRun(t *testing.T) {
	each(t, func(t *testing.T, b Browser) {
		wasm, err := hello()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		group := make(chan int, 1)
		hangs := onFirst(func() { killPages(t, <-group) })
		_, err = Run(ctx, b, Program{Wasm: wasm, Args: []string{"hang"}, Output: &hangs, Started: func(pid int) { group <- pid }})
		if err == nil || !strings.Contains(err.Error(), "its page has crashed, or was left") {
			t.Fatal(err)
		}
	})
}

// killPages kills the processes of a browser that have pages.
func killPages(t *testing.T, group int) {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Error(err)
	}
	killed := 0
	for _, file := range files {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if in, err := syscall.Getpgid(pid); err != nil || in != group {
			continue
		}
		line, _ := os.ReadFile(file)
		if bytes.Contains(line, []byte("--type=renderer")) || bytes.Contains(line, []byte("-isForBrowser")) {
			syscall.Kill(pid, syscall.SIGKILL)
			killed++
		}
	}
	if killed == 0 {
		t.Error("no process with a page was found")
	}
}
