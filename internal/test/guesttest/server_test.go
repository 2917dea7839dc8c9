package guesttest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// serve starts a server and waits until it prints a line with ready. The server gets an interrupt when the test ends, and
// the test waits for it.
func serve(t *testing.T, ready string, server *exec.Cmd) {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Stdout, server.Stderr = in, in
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	isReady, ended := make(chan bool, 1), make(chan string, 1)
	go func() {
		defer out.Close()
		var all strings.Builder
		for lines := bufio.NewScanner(out); lines.Scan(); {
			all.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), ready) {
				select {
				case isReady <- true:
				default:
				}
			}
		}
		close(isReady)
		ended <- all.String()
	}()
	t.Cleanup(func() {
		if server.Process.Signal(os.Interrupt) != nil { // Windows has none
			server.Process.Kill()
		}
		server.Wait()
		if said := <-ended; t.Failed() {
			t.Logf("%s printed\n%s", server.Path, said)
		}
	})
	if !<-isReady {
		t.Fatalf("%s did not start", server.Path)
	}
}
