//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
)

// TestExecLeavesNoBrowserBehind ends kafkaio by the signals of a terminal and of go test, while a page hangs.
func TestExecLeavesNoBrowserBehind(t *testing.T) {
	kafkaio, program := kafkaioFile(t), hangFile(t)
	for _, b := range browser.All {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
			t.Run(b.Flag()+" "+signal.String(), func(t *testing.T) {
				requireBrowser(t, b)
				temp, err := os.MkdirTemp("", "k") // t.TempDir is too long for the path of Chromium's socket
				if err != nil {
					t.Fatal(err)
				}
				defer os.RemoveAll(temp)
				c := exec.CommandContext(t.Context(), kafkaio, "exec", "--browser="+b.Flag(), program)
				c.Env = append(os.Environ(), "TMPDIR="+temp)
				out, err := c.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				if line, err := bufio.NewReader(out).ReadString('\n'); line != "it hangs\n" {
					t.Errorf("it printed %q, %v", line, err)
				}
				c.Process.Signal(signal)
				c.Wait()
				if code := c.ProcessState.ExitCode(); code != exitSignal {
					t.Errorf("exit code %d", code)
				}
				left, err := os.ReadDir(temp)
				if len(left) > 0 || err != nil {
					t.Errorf("files are left: %v, %v", left, err)
				}
			})
		}
	}
}
