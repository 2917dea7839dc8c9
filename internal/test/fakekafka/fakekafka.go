// Package fakekafka runs franz-go's kfake, brokers that need no JVM, in a process of their own: what a
// library's tests import is in its go.mod, and kfake is not to be in ours. The program is a module of
// its own, in kfake beside this.
package fakekafka

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A Cluster is a process. Topics are created when they are used.
type Cluster struct {
	addrs []string
	close func() error
}

// Start starts a cluster. Flags are those of the program: "-brokers=3", say.
func Start(flags ...string) (*Cluster, error) {
	dir, err := programDir()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", append([]string{"run", "."}, flags...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=") // it needs no other module, and no -race
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &Cluster{close: sync.OnceValue(func() error {
		stdin.Close()
		io.Copy(io.Discard, stdout)
		return cmd.Wait()
	})}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("kfake in %s: %w, %w", dir, err, c.close())
	}
	c.addrs = strings.Fields(line)
	return c, nil
}

// programDir returns where the program is, from the directory of any package of this checkout.
func programDir() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/kafkaio/kafkaio").Output()
	if err != nil {
		return "", err
	}
	return filepath.Join(strings.TrimSpace(string(out)), "internal", "test", "fakekafka", "kfake"), nil
}

// StartTest is Start for a test, at whose end the cluster is closed.
func StartTest(t testing.TB, flags ...string) *Cluster {
	t.Helper()
	c, err := Start(flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// ListenAddrs returns the brokers' addresses, host:port.
func (c *Cluster) ListenAddrs() []string { return c.addrs }

// Close stops the brokers and waits for the end of their process.
func (c *Cluster) Close() error { return c.close() }
