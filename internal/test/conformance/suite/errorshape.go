package suite

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

// A shape is what a Kafka client sees in the error of a dial, or of a net.Conn. By it the client
// decides whether to try the same broker again, or another one, or to give up.
type shape struct {
	op        string // of the *net.OpError underneath; empty: there is none
	is        error  // errors.Is; nil: the rest says it
	syscall   bool   // an *os.SyscallError is underneath, and this is no dial
	timeout   bool   // Timeout()
	temporary bool   // Temporary()
	retriable bool   // franz-go tries again
	skippable bool   // franz-go doesn't, and goes on to another broker
}

// What franz-go looks at:
//
//   - An *os.SyscallError is tried again, unless it is of a dial that did not time out: what is
//     done about that depends on who dials.
//   - io.EOF, io.ErrUnexpectedEOF and net.ErrClosed are tried again. The io.EOF of a Read is
//     compared by ==, to find a broker that hangs up on the first request for want of SASL or TLS.
//   - Any other error is tried again if it is Temporary, as a deadline that passed is.
//   - A *net.OpError of Op "dial" is one of a dial, whatever the words. It is permanent if the
//     name does not exist (*net.DNSError) or permission was denied.
//   - Any *net.OpError means that another broker may do, unless a context's error is underneath.
//   - Requests are cancelled by SetReadDeadline(now) and SetWriteDeadline(now), a client that is
//     closed by SetDeadline(now).
func errorShapes(t *testing.T, s Setup) {
	for _, test := range []struct {
		happens string
		err     func(*testing.T, Setup) error
		want    shape
	}{
		{"DialRefused", dialErrorRefused, shape{op: "dial", is: syscall.ECONNREFUSED, skippable: true}},
		{"DialUnknownName", dialErrorUnknownName, shape{op: "dial", is: errNotFound, skippable: true}},
		{"DialTimesOut", dialErrorTimeout, shape{op: "dial", timeout: true, temporary: true, retriable: true}},
		{"DialDeadlinePasses", dialErrorDeadline, shape{op: "dial", timeout: true, temporary: true, retriable: true}},
		{"DialCancelled", dialErrorCancelled, shape{op: "dial", is: context.Canceled}},
		{"DialDenied", dialErrorDenied, shape{op: "dial", is: fs.ErrPermission, skippable: true}},
		{"DialIncompatible", dialErrorIncompatible, shape{op: "dial", is: kafkaio.ErrIncompatibleIPVersion, skippable: true}},

		{"BrokerCloses", readErrorOf("send 4"), shape{is: io.EOF, retriable: true}},
		{"BrokerResets", readErrorOf("send 4; reset"), lost("read", syscall.ECONNRESET)},
		{"WriteToBrokerThatClosed", writeErrorOf("send 4"), lost("write", errBrokenPipeOrReset)},
		{"WriteToBrokerThatReset", writeErrorOf("send 4; reset"), lost("write", errBrokenPipeOrReset)},
		{"BridgeBreaks", readErrorOfBrokenBridge, lost("read", syscall.ECONNRESET)},

		{"ReadDeadlinePasses", readErrorAfter(soon(net.Conn.SetReadDeadline)), deadline("read")},
		{"ReadDeadlineIsNow", readErrorAfter(now(net.Conn.SetReadDeadline)), deadline("read")},
		{"DeadlineIsNowDuringRead", readErrorAfter(now(net.Conn.SetDeadline)), deadline("read")},
		{"WriteDeadlinePasses", writeErrorAfter(soon(net.Conn.SetWriteDeadline)), deadline("write")},
		{"WriteDeadlineIsNow", writeErrorAfter(now(net.Conn.SetWriteDeadline)), deadline("write")},
		{"DeadlineIsNowDuringWrite", writeErrorAfter(now(net.Conn.SetDeadline)), deadline("write")},

		{"ClosedDuringRead", readErrorAfter(net.Conn.Close), shape{op: "read", is: net.ErrClosed, retriable: true}},
		{"ClosedDuringWrite", writeErrorAfter(net.Conn.Close), shape{op: "write", is: net.ErrClosed, retriable: true}},
	} {
		t.Run(test.happens, func(t *testing.T) { wantShape(t, test.err(t, s), test.want) })
	}
}

func lost(op string, is error) shape {
	return shape{op: op, is: is, syscall: true, retriable: true}
}

func deadline(op string) shape {
	return shape{op: op, is: os.ErrDeadlineExceeded, timeout: true, temporary: true, retriable: true}
}

// What errors.Is can't be asked for.
var (
	errNotFound          = errors.New("*net.DNSError of a name that was not found")
	errBrokenPipeOrReset = errors.New("broken pipe, or a reset")
)

func (want shape) matches(err error) bool {
	switch want.is {
	case nil:
		return true
	case io.EOF:
		return err == io.EOF
	case errNotFound:
		e, ok := errors.AsType[*net.DNSError](err)
		return ok && e.IsNotFound
	case errBrokenPipeOrReset:
		return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
	}
	return errors.Is(err, want.is)
}

func wantShape(t *testing.T, err error, want shape) {
	t.Helper()
	if err == nil {
		t.Fatal("there is no error")
	}
	got := shape{is: want.is, retriable: kgo.IsRetryableBrokerErr(err)}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		got.op = e.Op
	}
	if _, ok := errors.AsType[*os.SyscallError](err); ok && got.op != "dial" {
		got.syscall = true
	}
	if e, ok := errors.AsType[net.Error](err); ok {
		got.timeout = e.Timeout()
	}
	if e, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](err); ok {
		got.temporary = e.Temporary()
	}
	ofContext := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	got.skippable = !got.retriable && got.op != "" && !ofContext
	if got != want || !want.matches(err) {
		t.Errorf("%T %v\nhas the shape %+v\n         want %+v", err, err, got, want)
	}
}

func dialErrorRefused(t *testing.T, s Setup) error {
	return dialErrorOf(t.Context(), s.dialer(), s.Refused)
}

func dialErrorUnknownName(t *testing.T, s Setup) error {
	return dialErrorOf(t.Context(), s.dialer(), "no-such-broker.invalid:9092")
}

func dialErrorTimeout(t *testing.T, s Setup) error {
	needs(t, s.BlackHole, "an address that answers no connection attempt")
	d := s.dialer()
	d.Timeout = 100 * time.Millisecond
	return dialErrorOf(t.Context(), d, s.BlackHole)
}

func dialErrorDeadline(t *testing.T, s Setup) error {
	needs(t, s.BlackHole, "an address that answers no connection attempt")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	return dialErrorOf(ctx, s.dialer(), s.BlackHole)
}

func dialErrorCancelled(t *testing.T, s Setup) error {
	ctx, cancel := cancellable(t)
	cancel()
	return dialErrorOf(ctx, s.dialer(), s.Peer)
}

// dialErrorDenied asks a bridge, or the host of a guest, for what it doesn't allow.
func dialErrorDenied(t *testing.T, s Setup) error {
	d := &kafkaio.Dialer{Bridge: s.GuardedBridge, Timeout: patience, Token: tokenOf(s.Token)}
	return dialErrorOf(t.Context(), d, s.Refused)
}

func dialErrorIncompatible(t *testing.T, s Setup) error {
	d := s.dialer()
	d.IPVersion = kafkaio.IPv6
	return dialErrorOf(t.Context(), d, s.Peer)
}

func dialErrorOf(ctx context.Context, d *kafkaio.Dialer, addr string) error {
	c, err := d.DialContext(ctx, "tcp", addr)
	if err == nil {
		c.Close()
	}
	return err
}

// readErrorOf is what ends the reading of a connection whose peer ends its script.
func readErrorOf(script string) func(*testing.T, Setup) error {
	return func(t *testing.T, s Setup) error { return readToEnd(s.dialNet(t, script)) }
}

func readErrorOfBrokenBridge(t *testing.T, s Setup) error {
	c := s.dialNetWith(t, &kafkaio.Dialer{Bridge: s.FragileBridge, Timeout: patience}, "hold")
	s.tell(t, "do cut")
	return readToEnd(c)
}

// readToEnd reads until an error, which it returns as it is.
func readToEnd(c net.Conn) error {
	p := make([]byte, 10)
	for {
		if _, err := c.Read(p); err != nil {
			return err
		}
	}
}

// writeErrorOf is what ends the writing to a peer whose script has ended.
func writeErrorOf(script string) func(*testing.T, Setup) error {
	return func(t *testing.T, s Setup) (err error) {
		c := s.dialNet(t, script)
		readToEnd(c)
		eventually(t, "what a peer that is gone is sent seems to arrive", func() bool {
			_, err = c.Write([]byte("still there?"))
			return err != nil
		})
		return err
	}
}

// readErrorAfter is what a Read that waits returns once the connection is interrupted.
func readErrorAfter(interrupt func(net.Conn) error) func(*testing.T, Setup) error {
	return func(t *testing.T, s Setup) error {
		c, w := s.dialNetWatched(t, "hold")
		return interrupted(t, c, interrupt, w.reading, func() error {
			_, err := c.Read(make([]byte, 1))
			return err
		})
	}
}

// writeErrorAfter is what a Write to a peer that doesn't drain returns once it is interrupted.
func writeErrorAfter(interrupt func(net.Conn) error) func(*testing.T, Setup) error {
	return func(t *testing.T, s Setup) error {
		c, w := s.dialNetWatched(t, "hold")
		<-w.writing // of the script
		message := pattern.At(0, tooMuch)
		return interrupted(t, c, interrupt, w.writing, func() error {
			_, err := c.Write(message)
			return err
		})
	}
}

func interrupted(t *testing.T, c net.Conn, interrupt func(net.Conn) error, begun <-chan struct{}, f func() error) error {
	t.Helper()
	calling := start(f)
	<-begun
	at := time.Now()
	if err := interrupt(c); err != nil {
		t.Error(err)
	}
	return calling.waitPromptly(t, at)
}

func now(set func(net.Conn, time.Time) error) func(net.Conn) error {
	return func(c net.Conn) error { return set(c, time.Now()) }
}

// soon is so soon that the call is prompt, and late enough for it to wait.
func soon(set func(net.Conn, time.Time) error) func(net.Conn) error {
	return func(c net.Conn) error { return set(c, time.Now().Add(prompt/10)) }
}
