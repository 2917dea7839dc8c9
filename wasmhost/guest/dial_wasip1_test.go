package guest_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

func TestDialErrorHasItsCause(t *testing.T) {
	for _, test := range []struct {
		name, addr string
		is         []error
		timeout    bool
		text       string
	}{
		{"refused", "refused:1", []error{syscall.ECONNREFUSED}, false, "connection refused"},
		{"timed out", "slow:1", []error{syscall.ETIMEDOUT}, true, "i/o timeout"},
		{"denied", "denied:9092", []error{syscall.EACCES, fs.ErrPermission}, false, "denied:9092 is not on the list"},
		{"unknown host", "nowhere:1", nil, false, "lookup nowhere: no such host"},
		{"any other", "strange:1", nil, false, "strange:\nthe host has its own reasons"},
		{"no port", "nonsense", nil, false, "missing port"},
		{"too long", strings.Repeat("x", 4096), []error{syscall.ENAMETOOLONG}, false, "File name too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := guest.Dial(t.Context(), "tcp", test.addr)
			var op *net.OpError
			if !errors.As(err, &op) || op.Op != "dial" || op.Net != "tcp" || op.Addr.String() != test.addr {
				t.Fatalf("got %#v, want a *net.OpError of this dial", err)
			}
			for _, want := range test.is {
				if !errors.Is(err, want) {
					t.Errorf("%v is no %v", err, want)
				}
			}
			if op.Timeout() != test.timeout {
				t.Errorf("Timeout() of %v is %v", err, op.Timeout())
			}
			if !strings.HasPrefix(err.Error(), "dial tcp "+test.addr+": ") || !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %q, want it to say %q", err, test.text)
			}
		})
	}
}

func TestUnknownHostIsADNSError(t *testing.T) {
	_, err := guest.Dial(t.Context(), "tcp", "nowhere:1")
	var dns *net.DNSError
	if !errors.As(err, &dns) || !dns.IsNotFound || dns.Name != "nowhere" {
		t.Fatalf("got %v, want a *net.DNSError that says nowhere is not found", err)
	}
}

func TestRefusedHasTheShapeOfASystemCall(t *testing.T) {
	_, err := guest.Dial(t.Context(), "tcp", "refused:1")
	var call *os.SyscallError
	if !errors.As(err, &call) || call.Syscall != "connect" {
		t.Fatalf("got %v, want an *os.SyscallError of connect", err)
	}
}

func TestOtherNetworksAreUnknown(t *testing.T) {
	for _, network := range []string{"", "ip", "unix", "unixgram", "TCP", "UDP", "listen ip"} {
		c, err := guest.Dial(t.Context(), network, "echo:1")
		if c != nil || err == nil || !strings.Contains(err.Error(), "unknown network") {
			t.Errorf("dialling on %q gives %v", network, err)
		}
	}
}

func TestDialWithDoneContextDoesNotAskTheHost(t *testing.T) {
	_, err := guest.Dial(canceled(), "tcp", "denied:1")
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
}

func TestOthersRunWhileADialWaitsAndCancelFreesIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := guest.Dial(ctx, "tcp", "blackhole:1")
		failed <- err
	}()
	c := dial(t, "echo:1")
	for range 100 {
		roundTrip(t, c, "hello")
	}
	select {
	case err := <-failed:
		t.Fatalf("dial ended by itself: %v", err)
	default:
	}
	start := time.Now()
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("cancelling took %v", d)
	}
}

func TestDialDeadlineIsATimeout(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := guest.Dial(ctx, "tcp", "blackhole:1")
	var netErr net.Error
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &netErr) || !netErr.Timeout() {
		t.Fatalf("got %v, want a timeout", err)
	}
}

func TestAddressesAreTheHosts(t *testing.T) {
	c := dial(t, "echo:1")
	remote, ok := c.RemoteAddr().(*net.TCPAddr)
	if want := os.Getenv("KAFKAIO_TEST_SERVICES"); !ok || remote.String() != want {
		t.Errorf("remote address is %v, want %s", c.RemoteAddr(), want)
	}
	if local, ok := c.LocalAddr().(*net.TCPAddr); !ok || local.Port == 0 || !local.IP.IsLoopback() {
		t.Errorf("local address is %v", c.LocalAddr())
	}
	if a := dial(t, "echo-pipe:1").RemoteAddr(); a.Network() != "pipe" || a.String() != "pipe" {
		t.Errorf("remote address of a net.Pipe is %v %v", a.Network(), a)
	}
}

// roundTrip sends s to an echo service and takes it back.
func roundTrip(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, len(s))
	if _, err := io.ReadFull(c, b); err != nil {
		t.Fatal(err)
	}
	if string(b) != s {
		t.Fatalf("echo of %q is %q", s, b)
	}
}
