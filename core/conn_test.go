package core

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// check holds an error to its code, its counts and a cause that must be reachable.
func check(t *testing.T, err error, code Code, done, want int, cause error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	if !errors.Is(err, code) || e.Done != done || e.Want != want {
		t.Fatalf("got %q (code %d, %d of %d bytes), code %d with %d of %d was expected", err, e.Code, e.Done, e.Want, code, done, want)
	}
	if cause != nil && !errors.Is(err, cause) {
		t.Fatalf("%v is not %v", err, cause)
	}
}

func isOpen(c *Conn) bool { return c.whyClosed() == nil }

var ctx = context.Background()

func TestReceiveReturnsExactlyN(t *testing.T) {
	for _, pieces := range [][]string{{"hello world"}, {"h", "e", "l", "l", "o", " ", "world"}, {"hello ", "world"}} {
		c := NewConn(newMemoryStream(pieces...), Options{})
		got, err := c.Receive(ctx, 5)
		if err != nil || string(got) != "hello" {
			t.Fatalf("%q: %q, %v", pieces, got, err)
		}
		rest := make([]byte, 6)
		if n, err := c.ReceiveInto(ctx, rest); n != 6 || err != nil || string(rest) != " world" {
			t.Fatalf("%q: %q, %v", pieces, rest, err)
		}
		c.Close()
	}
}

func TestReceiveErrors(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	for _, row := range []struct {
		name  string
		says  []string
		end   error
		code  Code
		done  int
		cause error
	}{
		{"closed before the first byte", nil, io.EOF, ErrNoConnection, 0, io.EOF},
		{"reset before the first byte", nil, reset, ErrNoConnection, 0, syscall.ECONNRESET},
		{"closed midway", []string{"abc"}, io.EOF, ErrCannotReceive, 3, io.ErrUnexpectedEOF},
		{"reset midway", []string{"ab", "c"}, reset, ErrCannotReceive, 3, syscall.ECONNRESET},
		{"refused by the bridge", []string{"abc"}, &net.OpError{Op: "read", Err: ErrCannotSend}, ErrCannotSend, 3, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newMemoryStream(row.says...)
			s.end = row.end
			c := NewConn(s, Options{Addr: "broker:9092"})
			_, err := c.Receive(ctx, 10)
			check(t, err, row.code, row.done, 10, row.cause)
			if isOpen(c) || !s.closed {
				t.Error("the connection was left open")
			}
			_, err = c.Receive(ctx, 10)
			check(t, err, ErrNoConnection, 0, 10, net.ErrClosed)
			_, err = c.Send(ctx, []byte("x"))
			check(t, err, ErrNoConnection, 0, 1, net.ErrClosed)
		})
	}
}

func TestTimeoutsAreFractionsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, timeout := range []time.Duration{time.Millisecond, 300 * time.Millisecond, 1500 * time.Millisecond, 20 * time.Second} {
			s := newMemoryStream("abcd")
			s.room = 2
			c := NewConn(s, Options{Timeout: timeout})
			start := time.Now()
			_, err := c.Receive(ctx, 128)
			check(t, err, ErrCannotReceive, 4, 128, os.ErrDeadlineExceeded)
			if took := time.Since(start); took != timeout {
				t.Errorf("a timeout of %v took %v", timeout, took)
			}

			s = newMemoryStream()
			s.room = 2
			c = NewConn(s, Options{Timeout: timeout})
			start = time.Now()
			n, err := c.Send(ctx, []byte("abcd"))
			check(t, err, ErrCannotSend, 2, 4, os.ErrDeadlineExceeded)
			if took := time.Since(start); took != timeout || n != 2 {
				t.Errorf("a timeout of %v took %v; sent %d", timeout, took, n)
			}
			var ne net.Error
			if !errors.As(err, &ne) || !ne.Timeout() {
				t.Errorf("%v is no timeout", err)
			}
		}
	})
}

func TestDefaultTimeoutIsTheOriginals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewConn(newMemoryStream("abcd"), Options{Addr: "broker:9092"})
		_, err := c.Receive(ctx, 128)
		if want := "kafkaio: receive from broker:9092: got 4 of 128 bytes in 1.5s: i/o timeout"; err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
	})
}

func TestNoTimeoutWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		c := NewConn(s, Options{Timeout: NoTimeout})
		time.AfterFunc(1000*time.Hour, func() { s.say("x") })
		if _, err := c.Receive(ctx, 1); err != nil {
			t.Fatal(err)
		}
	})
}

func TestContextDeadlineReplacesTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, timeout := range []time.Duration{time.Second, time.Minute} {
			c := NewConn(newMemoryStream(), Options{Timeout: 10 * time.Second})
			ctx, cancel := context.WithTimeout(ctx, timeout)
			start := time.Now()
			_, err := c.Receive(ctx, 1)
			cancel()
			check(t, err, ErrCannotReceive, 0, 1, context.DeadlineExceeded)
			check(t, err, ErrCannotReceive, 0, 1, os.ErrDeadlineExceeded)
			if took := time.Since(start); took != timeout {
				t.Errorf("took %v, the deadline was after %v", took, timeout)
			}
		}
	})
}

func TestCancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reason := errors.New("the user left")
		for _, op := range []string{"send", "receive"} {
			s := newMemoryStream("ab")
			s.room = 2
			c := NewConn(s, Options{})
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(time.Millisecond, func() { cancel(reason) })
			var err error
			code := ErrCannotReceive
			if op == "send" {
				code = ErrCannotSend
				_, err = c.Send(ctx, []byte("abcd"))
			} else {
				_, err = c.Receive(ctx, 4)
			}
			check(t, err, code, 2, 4, context.Canceled)
			check(t, err, code, 2, 4, reason)
			if err.(*Error).Timeout() {
				t.Error("a cancellation is no timeout")
			}
			if isOpen(c) {
				t.Error("a transfer that was cancelled midway left the connection open")
			}
		}
	})
}

func TestCallsThatMovedNothingLeaveTheConnectionOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		c := NewConn(s, Options{Addr: "broker:9092", MaxFrame: 100, Timeout: time.Second})
		done, cancel := context.WithCancel(ctx)
		cancel()

		_, err := c.Send(done, []byte("x"))
		check(t, err, ErrCannotSend, 0, 1, context.Canceled)
		_, err = c.Receive(done, 1)
		check(t, err, ErrCannotReceive, 0, 1, context.Canceled)
		_, err = c.Send(ctx, nil)
		check(t, err, ErrMismatchArgument, 0, 0, nil)
		_, err = c.Send(ctx, make([]byte, 105))
		check(t, err, ErrMismatchArgument, 0, 105, nil)
		check(t, c.WriteFrame(ctx, nil), ErrMismatchArgument, 0, 4, nil)
		check(t, c.WriteFrame(ctx, make([]byte, 101)), ErrMismatchArgument, 0, 105, nil)
		for _, n := range []int{0, -1, 101} {
			_, err = c.Receive(ctx, n)
			check(t, err, ErrMismatchArgument, 0, max(n, 0), nil)
		}
		_, err = c.ReceiveInto(ctx, nil)
		check(t, err, ErrMismatchArgument, 0, 0, nil)
		_, err = c.TryReceive(nil)
		check(t, err, ErrMismatchArgument, 0, 0, nil)

		// One that waits behind another, until its own deadline, or until it is cancelled.
		long, cancelLong := context.WithTimeout(ctx, time.Hour)
		defer cancelLong()
		first := make(chan error)
		go func() {
			_, err := c.Receive(long, 1)
			first <- err
		}()
		synctest.Wait()
		_, err = c.Receive(ctx, 1)
		check(t, err, ErrCannotReceive, 0, 1, nil)
		if !err.(*Error).Timeout() {
			t.Errorf("%v is no timeout", err)
		}
		waits, cancelWaits := context.WithCancel(ctx)
		time.AfterFunc(time.Millisecond, cancelWaits)
		_, err = c.Receive(waits, 1)
		check(t, err, ErrCannotReceive, 0, 1, context.Canceled)

		if !isOpen(c) {
			t.Fatal("the connection was closed")
		}
		s.say("x")
		if err := <-first; err != nil {
			t.Fatal(err)
		}
	})
}

func TestCloseFreesWhoIsBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		s.room = 0
		c := NewConn(s, Options{})
		errs := make(chan error)
		for range 2 { // one runs, one waits behind it
			go func() {
				_, err := c.Receive(ctx, 1)
				errs <- err
			}()
			go func() {
				_, err := c.Send(ctx, []byte("x"))
				errs <- err
			}()
		}
		synctest.Wait()
		start := time.Now()
		for range 2 {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}
		for range 4 {
			check(t, <-errs, ErrNoConnection, 0, 1, net.ErrClosed)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("it took %v", took)
		}
		if _, err := c.Receive(ctx, 1); !strings.HasSuffix(err.Error(), "no connection: closed") {
			t.Error(err)
		}
	})
}

func TestLateCancellationDoesNotHitTheNextCall(t *testing.T) {
	for range 1000 {
		s := newMemoryStream("a")
		c := NewConn(s, Options{})
		ctx1, cancel := context.WithCancel(ctx)
		go cancel()
		if _, err := c.Receive(ctx1, 1); err != nil {
			c.Close()
			continue // the cancellation was first
		}
		s.say("b")
		if _, err := c.Receive(ctx, 1); err != nil {
			t.Fatalf("the call after a cancelled one: %v", err)
		}
		c.Close()
	}
}

func TestAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		c := NewConn(s, Options{})
		start := time.Now()
		if !c.Alive() || time.Since(start) > time.Millisecond {
			t.Fatalf("a silent connection isn't alive, or it took %v to see", time.Since(start))
		}
		s.say("last")
		s.hangUp(io.EOF)
		if !c.Alive() {
			t.Fatal("with bytes unread it isn't alive")
		}
		if got, err := c.Receive(ctx, 4); err != nil || string(got) != "last" {
			t.Fatalf("after Alive: %q, %v", got, err)
		}
		if c.Alive() {
			t.Fatal("alive after the peer closed")
		}
		if _, err := c.Receive(ctx, 1); !errors.Is(err, ErrNoConnection) {
			t.Fatal(err)
		}
	})
}

func TestAliveDoesNotWaitBehindAReceive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		c := NewConn(s, Options{})
		done := make(chan error)
		go func() {
			_, err := c.Receive(ctx, 1)
			done <- err
		}()
		synctest.Wait()
		start := time.Now()
		if n, err := c.TryReceive(make([]byte, 1)); !c.Alive() || n != 0 || err != nil || time.Since(start) != 0 {
			t.Fatal("a receive that runs is in the way")
		}
		s.say("x")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestTryReceiveTakesWhatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStream()
		c := NewConn(s, Options{})
		p := make([]byte, 3)
		if n, err := c.TryReceive(p); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		s.say("hello")
		for _, want := range []string{"hel", "lo"} {
			if n, err := c.TryReceive(p); string(p[:n]) != want || err != nil {
				t.Fatalf("%q, %v", p[:n], err)
			}
		}
		s.hangUp(io.EOF)
		_, err := c.TryReceive(p)
		check(t, err, ErrNoConnection, 0, 0, io.EOF)
	})
}

func TestMemoryGrowsWithTheBytesThatCome(t *testing.T) {
	s := newMemoryStream("\x06\x40\x00\x00", "ten bytes.") // 100 MiB, it says
	s.end = io.EOF
	c := NewConn(s, Options{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.ReadFrame(ctx, nil)
	runtime.ReadMemStats(&after)
	check(t, err, ErrCannotReceive, 14, 4+100<<20, io.ErrUnexpectedEOF)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("%d bytes were allocated", got)
	}
}

func TestLargeTransfersAreWhole(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789"), 100_000)
	s := newMemoryStream(string(want[:7]), string(want[7:300_000]), string(want[300_000:]))
	c := NewConn(s, Options{})
	got, err := c.Receive(ctx, len(want))
	if err != nil || !bytes.Equal(got, want) {
		t.Fatal(len(got), err)
	}
	c.Close()
}
