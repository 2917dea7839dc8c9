//go:build unix

package trywrite

import (
	"io"
	"net"
	"testing"
)

// A countingConn embeds a *net.TCPConn, and with it SyscallConn, and does more in its Write.
type countingConn struct {
	*net.TCPConn
	written int
}

func (c *countingConn) Write(p []byte) (int, error) {
	c.written += len(p)
	return c.TCPConn.Write(p)
}

func pair(t *testing.T) (a, b *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		d.Close()
	})
	return c.(*net.TCPConn), d.(*net.TCPConn)
}

func TestOnlyExactTypesAreWrittenTo(t *testing.T) {
	c, _ := pair(t)
	if New(c) == nil {
		t.Error("no Writer for a *net.TCPConn")
	}
	if New(&countingConn{TCPConn: c}) != nil {
		t.Error("a Writer for a connection whose Write does more")
	}
	p, _ := net.Pipe()
	defer p.Close()
	if New(p) != nil {
		t.Error("a Writer for a pipe")
	}
}

func TestTryWritesWhatTheKernelTakes(t *testing.T) {
	c, d := pair(t)
	w := New(c)
	sent := 0
	for chunk := make([]byte, 64<<10); ; {
		n, err := w.Try(chunk)
		if err != nil {
			t.Fatal(err)
		}
		sent += n
		if n < len(chunk) {
			break
		}
	}
	c.CloseWrite()
	got, err := io.Copy(io.Discard, d)
	if err != nil || int(got) != sent {
		t.Fatalf("%d bytes came of %d that were taken: %v", got, sent, err)
	}
}

func TestTryTellsThatTheConnectionIsClosed(t *testing.T) {
	c, _ := pair(t)
	w := New(c)
	c.Close()
	if n, err := w.Try([]byte("x")); n != 0 || err == nil {
		t.Fatal(n, err)
	}
	var none *Writer
	if n, err := none.Try([]byte("x")); n != 0 || err != nil {
		t.Fatal(n, err)
	}
}
