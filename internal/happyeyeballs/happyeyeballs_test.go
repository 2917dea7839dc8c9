package happyeyeballs

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeNet has, for each address, how long an attempt takes and how it ends.
type fakeNet struct {
	outcomes map[string]outcome
	began    time.Time

	mu       sync.Mutex
	attempts []string
	starts   []time.Duration
	open     int
}

type outcome struct {
	after time.Duration // 0: never
	err   error
}

type countedConn struct {
	net.Conn
	net *fakeNet
}

func (c countedConn) Close() error {
	c.net.mu.Lock()
	defer c.net.mu.Unlock()
	c.net.open--
	return nil
}

func (f *fakeNet) dial(ctx context.Context, a netip.AddrPort) (net.Conn, error) {
	f.mu.Lock()
	f.attempts = append(f.attempts, a.Addr().String())
	f.starts = append(f.starts, time.Since(f.began))
	f.mu.Unlock()
	o := f.outcomes[a.Addr().String()]
	if o.after == 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	select {
	case <-time.After(o.after):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if o.err != nil {
		return nil, o.err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open++
	return countedConn{net: f}, nil
}

func addrs(list ...string) (all []netip.AddrPort) {
	for _, a := range list {
		all = append(all, netip.AddrPortFrom(netip.MustParseAddr(a), 9092))
	}
	return all
}

// run dials in a bubble of fake time and returns how long it took.
func run(t *testing.T, timeout time.Duration, f *fakeNet, list ...string) (c net.Conn, took time.Duration, err error) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		f.began = time.Now()
		c, err = Dial(ctx, addrs(list...), f.dial)
		took = time.Since(f.began)
		synctest.Wait()
		if want := 0; c != nil {
			want = 1
			if f.open != want {
				t.Errorf("%d connections are open, %d were expected", f.open, want)
			}
		} else if f.open != want {
			t.Errorf("%d connections are open after a failure", f.open)
		}
	})
	return c, took, err
}

const ms = time.Millisecond

func TestBlackHoleDoesNotStarveTheRest(t *testing.T) {
	f := &fakeNet{outcomes: map[string]outcome{"192.0.2.3": {after: 10 * ms}}}
	_, took, err := run(t, 1500*ms, f, "2001:db8::1", "192.0.2.2", "192.0.2.3")
	if err != nil || took != 510*ms {
		t.Fatalf("%v after %v", err, took)
	}
}

func TestShortTimeoutIsShared(t *testing.T) {
	f := &fakeNet{outcomes: map[string]outcome{"192.0.2.3": {after: 10 * ms}}}
	if _, took, err := run(t, 100*ms, f, "2001:db8::1", "192.0.2.2", "192.0.2.3"); err != nil {
		t.Fatalf("%v after %v", err, took)
	}
}

func TestFamiliesTakeTurnsFromIPv6(t *testing.T) {
	f := &fakeNet{}
	run(t, time.Hour, f, "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "192.0.2.3")
	want := []string{"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"}
	if !slices.Equal(f.attempts, want) || f.starts[1] != 250*ms {
		t.Fatalf("attempts %v at %v", f.attempts, f.starts)
	}
}

func TestFailureStartsTheNextAttemptAtOnce(t *testing.T) {
	f := &fakeNet{outcomes: map[string]outcome{
		"192.0.2.1": {after: 5 * ms, err: syscall.ECONNREFUSED},
		"192.0.2.2": {after: 5 * ms},
	}}
	if _, took, err := run(t, time.Second, f, "192.0.2.1", "192.0.2.2"); err != nil || took != 10*ms {
		t.Fatalf("%v after %v", err, took)
	}
}

func TestLoserIsClosed(t *testing.T) {
	f := &fakeNet{outcomes: map[string]outcome{"192.0.2.1": {after: 260 * ms}, "192.0.2.2": {after: 10 * ms}}}
	if c, _, err := run(t, time.Second, f, "192.0.2.1", "192.0.2.2"); err != nil || c == nil {
		t.Fatal(err)
	}
}

func TestFailureOfAnEarlierAttemptStartsTheNextToo(t *testing.T) {
	f := &fakeNet{outcomes: map[string]outcome{
		"192.0.2.1": {after: 260 * ms, err: syscall.ECONNREFUSED},
		"192.0.2.3": {after: 5 * ms},
	}}
	if _, took, err := run(t, 10*time.Second, f, "192.0.2.1", "192.0.2.2", "192.0.2.3"); err != nil || took != 265*ms {
		t.Fatalf("%v after %v", err, took)
	}
}

func TestAllCausesAreNamed(t *testing.T) {
	f := &fakeNet{outcomes: map[string]outcome{
		"192.0.2.1": {after: ms, err: refused},
		"192.0.2.2": {after: ms, err: syscall.EHOSTUNREACH},
	}}
	_, _, err := run(t, time.Second, f, "192.0.2.1", "192.0.2.2")
	if !errors.Is(err, syscall.ECONNREFUSED) || !errors.Is(err, syscall.EHOSTUNREACH) {
		t.Fatal(err)
	}
	if want := "192.0.2.1:9092: connection refused; 192.0.2.2:9092: no route to host"; err.Error() != want {
		t.Errorf("got  %v\nwant %v", err, want)
	}
	if err.(net.Error).Timeout() {
		t.Errorf("%v is a timeout", err)
	}
}

// refused is package net's error for a refused connection.
var refused = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}

func TestTimeoutNamesWhoDidNotAnswer(t *testing.T) {
	f := &fakeNet{outcomes: map[string]outcome{"192.0.2.1": {after: ms, err: refused}}}
	_, took, err := run(t, 200*ms, f, "192.0.2.1", "192.0.2.2")
	if !errors.Is(err, context.DeadlineExceeded) || took != 200*ms {
		t.Fatalf("%v after %v", err, took)
	}
	if want := "192.0.2.1:9092: connection refused; 192.0.2.2:9092: context deadline exceeded"; err.Error() != want {
		t.Errorf("got  %v\nwant %v", err, want)
	}
	if !err.(net.Error).Timeout() {
		t.Errorf("%v is no timeout", err)
	}
}

func TestCancellationEndsTheDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*ms, cancel)
		f := &fakeNet{began: time.Now()}
		_, err := Dial(ctx, addrs("192.0.2.1", "192.0.2.2"), f.dial)
		if took := time.Since(f.began); !errors.Is(err, context.Canceled) || took != 10*ms {
			t.Fatalf("%v after %v", err, took)
		}
		if err.(net.Error).Timeout() {
			t.Errorf("%v is a timeout", err)
		}
	})
}

func TestNoAddressIsAnError(t *testing.T) {
	if _, err := Dial(t.Context(), nil, nil); err == nil {
		t.Fatal("connected to nothing")
	}
}
