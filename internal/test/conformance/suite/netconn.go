package suite

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

// netConnNettest runs the tests that golang.org/x/net has for any net.Conn, on two connections
// that the peer splices into a pipe.
func netConnNettest(t *testing.T, s Setup) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		script := "splice " + uniqueName(t)
		c1 = s.dialNet(t, script)
		c2 = s.dialNet(t, script)
		return c1, c2, func() { c1.Close(); c2.Close() }, nil
	})
}

func netConnDeadlineFiresAndIsReset(t *testing.T, s Setup) {
	gate := uniqueName(t)
	c := s.dialNet(t, "wait "+gate+"; send 4; hold")
	p := make([]byte, 10)
	for range 3 {
		c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if n, err := c.Read(p); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("Read returned %d, %v, want %v", n, err, os.ErrDeadlineExceeded)
		}
	}
	c.SetReadDeadline(time.Time{})
	reading := start(func() error {
		_, err := c.Read(p)
		return err
	})
	// nettest has a Read that waits for long before its deadline is set. This one may wait, or
	// find the deadline passed.
	c.SetReadDeadline(time.Now())
	if err := reading.waitPromptly(t, time.Now()); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Read returned %v, want %v", err, os.ErrDeadlineExceeded)
	}
	c.SetReadDeadline(time.Now().Add(patience))
	s.tell(t, "open "+gate)
	if _, err := io.ReadFull(c, p[:4]); err != nil || string(p[:4]) != string(pattern.At(0, 4)) {
		t.Errorf("after its deadlines the connection gave %q, %v", p[:4], err)
	}
}

// A Write waits for a peer that does not drain, until its deadline; when the peer drains again,
// the connection goes on where it was.
func netConnWriteDeadline(t *testing.T, s Setup) {
	name := uniqueName(t)
	c := s.dialNet(t, "name "+name+"; wait "+name+"; sink")
	message := pattern.At(0, tooMuch)
	c.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
	n, err := c.Write(message)
	if !errors.Is(err, os.ErrDeadlineExceeded) || n <= 0 || n > inFlight {
		t.Fatalf("Write returned %d, %v, want 1 to %d, %v", n, err, inFlight, os.ErrDeadlineExceeded)
	}
	if n, err := c.Write([]byte("x")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Write returned %d, %v after its deadline", n, err)
	}
	s.tell(t, "open "+name)
	c.SetWriteDeadline(time.Now().Add(patience))
	if _, err := c.Write(message[n:]); err != nil {
		t.Fatalf("write on after a deadline: %v", err)
	}
	c.Close()
	if r := s.report(t, name); r.received != tooMuch || !r.intact {
		t.Errorf("the peer got %+v, want %d bytes", r, tooMuch)
	}
}

func netConnHasNoTimeoutOfItsOwn(t *testing.T, s Setup) {
	d := s.dialer()
	d.IOTimeout = 50 * time.Millisecond
	c := s.dialNetWith(t, d, "pause 300ms; send 4")
	if got, err := io.ReadAll(c); err != nil || string(got) != string(pattern.At(0, 4)) {
		t.Errorf("read %q, %v", got, err)
	}
}

// What a net.Conn returns is what any net.Conn does, and its address is the broker's.
func netConnPlainErrors(t *testing.T, s Setup) {
	c := s.dialNet(t, "send 4")
	if got := c.RemoteAddr().String(); got != s.Peer {
		t.Errorf("RemoteAddr is %s, want the broker's, %s", got, s.Peer)
	}
	if c.LocalAddr() == nil {
		t.Error("there is no LocalAddr")
	}
	if n, err := c.Read(nil); n != 0 || err != nil {
		t.Errorf("Read of no bytes returned %d, %v", n, err)
	}
	if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("Read after the peer closed returned %d, %v, want %v", n, err, io.EOF)
	}
	c.Close()
	for name, call := range map[string]func([]byte) (int, error){"Read": c.Read, "Write": c.Write} {
		_, err := call(make([]byte, 1))
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s after Close: %v, want %v", name, err, net.ErrClosed)
		}
		if e, ok := errors.AsType[*kafkaio.Error](err); ok {
			t.Errorf("%s after Close: %v is the Conn's error, not a net.Conn's", name, e)
		}
	}
}

// Close does not wait for a peer that does not drain.
func netConnCloseIsPrompt(t *testing.T, s Setup) {
	c := s.dialNet(t, "hold")
	message := pattern.At(0, tooMuch)
	c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	if _, err := c.Write(message); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Write returned %v, want %v", err, os.ErrDeadlineExceeded)
	}
	closed := time.Now()
	start(c.Close).waitPromptly(t, closed)
}
