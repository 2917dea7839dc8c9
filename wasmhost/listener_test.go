package wasmhost

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

var httpGuest = sync.OnceValues(func() ([]byte, error) {
	return wasmbuild.Program(context.Background(), "wasip1", "./testdata/httpguest")
})

// startHTTPGuest starts a guest that serves HTTP, and returns its address and what waits for its end.
func startHTTPGuest(t *testing.T, c Config) (addr string, wait func() (code int, stderr string)) {
	t.Helper()
	wasm := built(t, httpGuest)
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var stderr bytes.Buffer
	c.Args, c.Stdout, c.Stderr, c.Cache = []string{"guest", "serve", "127.0.0.1:0"}, in, &stderr, cache
	ended := make(chan int, 1)
	go func() {
		code, _ := Run(ctx, wasm, c)
		in.Close()
		ended <- code
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		for range ended {
		}
	})
	addr, _ = bufio.NewReader(out).ReadString('\n')
	return strings.TrimSpace(addr), func() (int, string) { return <-ended, stderr.String() }
}

func TestGuestServesHTTP(t *testing.T) {
	addr, wait := startHTTPGuest(t, Config{Listen: new(net.ListenConfig).Listen})
	if addr == "" {
		t.Fatal(wait())
	}
	var clients sync.WaitGroup
	for i := range 100 { // more than wait for the guest at once
		clients.Go(func() {
			client := &http.Client{Transport: new(http.Transport)}
			defer client.CloseIdleConnections()
			sent := pattern.At(int64(i), 10_000)
			response, err := client.Post("http://"+addr+"/echo", "", bytes.NewReader(sent))
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			if got, err := io.ReadAll(response.Body); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
	clients.Wait()
	if response, err := http.Post("http://"+addr+"/end", "", nil); err != nil {
		t.Error(err)
	} else {
		response.Body.Close()
	}
	http.DefaultClient.CloseIdleConnections()
	if code, stderr := wait(); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("the listener is open")
	}
}

func TestListenIsRefused(t *testing.T) {
	_, wait := startHTTPGuest(t, Config{})
	if code, stderr := wait(); code != 1 || !strings.Contains(stderr, "denied: the host doesn't let this program accept connections") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestGuestStoppedWhileItListens(t *testing.T) {
	var listener net.Listener
	c := Config{Listen: func(ctx context.Context, network, addr string) (l net.Listener, err error) {
		l, err = new(net.ListenConfig).Listen(ctx, network, addr)
		listener = l
		return l, err
	}}
	t.Run("stopped", func(t *testing.T) {
		addr, _ := startHTTPGuest(t, c)
		for range 3 * backlog { // some wait for the guest, some for the host
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
	})
	if _, err := listener.Accept(); err == nil {
		t.Error("the listener is open")
	}
}

func TestHTTPClientInAGuest(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "for", r.URL.Path) }))
	defer server.Close()
	var stdout, stderr bytes.Buffer
	code, err := Run(t.Context(), built(t, httpGuest), Config{
		Dial: new(net.Dialer).DialContext, Args: []string{"guest", "get", server.URL + "/a", server.URL + "/b"}, Stdout: &stdout, Stderr: &stderr, Cache: cache,
	})
	if code != 0 || err != nil || stdout.String() != "for /a\nfor /b\n" {
		t.Errorf("%d, %v, %q, %s", code, err, stdout.String(), stderr.String())
	}
}
