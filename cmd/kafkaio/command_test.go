package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A command is a kafkaio that runs.
type command struct {
	t              *testing.T
	stdout, stderr *output
	link           string // the one that it printed
	cancel         context.CancelFunc
	ended          chan int // receives the exit code
}

// start runs a command and waits for the link that it prints. It is interrupted when the test ends.
func start(t *testing.T, page pageFunc, args ...string) *command {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := &command{t: t, stdout: newOutput(), stderr: newOutput(), cancel: cancel, ended: make(chan int, 1)}
	go func() {
		c.ended <- run(ctx, page, args, c.stdout, c.stderr)
		c.stdout.end()
		c.stderr.end()
	}()
	t.Cleanup(c.stop)
	c.link = c.stdout.waitFor(func(text string) string {
		_, link, _ := strings.Cut(text, "Open  ")
		link, _, _ = strings.Cut(link, "\n")
		return link
	})
	if c.link == "" {
		t.Fatalf("kafkaio %s printed no link: %s%s", strings.Join(args, " "), c.stdout.String(), c.stderr.String())
	}
	return c
}

// stop interrupts the command as Ctrl-C does. It has to end well.
func (c *command) stop() {
	c.t.Helper()
	if c.cancel == nil {
		return
	}
	c.cancel()
	c.cancel = nil
	if code := <-c.ended; code != exitOK {
		c.t.Errorf("exit code %d: %s", code, c.stderr.String())
	}
}

// origin and token are the two parts of the link.
func (c *command) origin() string {
	origin, _, _ := strings.Cut(c.link, "/#token=")
	return origin
}

func (c *command) token() string {
	_, token, _ := strings.Cut(c.link, "/#token=")
	return token
}

// get returns what the command serves at a path.
func (c *command) get(path string) (*http.Response, string) {
	c.t.Helper()
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport, Timeout: patience}).Get(c.origin() + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response, string(body)
}

// An output keeps what a command writes, and lets a test wait for it.
type output struct {
	mu      sync.Mutex
	changed sync.Cond
	text    []byte
	ended   bool
}

func newOutput() *output {
	o := &output{}
	o.changed.L = &o.mu
	return o
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	o.changed.Broadcast()
	return len(p), nil
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.changed.Broadcast()
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(slices.Clone(o.text))
}

// waitFor returns what find finds in the whole lines so far, or "" if the output ends without.
func (o *output) waitFor(find func(text string) string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		whole := o.text[:bytes.LastIndexByte(o.text, '\n')+1]
		if found := find(string(whole)); found != "" || o.ended {
			return found
		}
		o.changed.Wait()
	}
}
