package wasmhost

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// A stubborn is a connection as a Config.Dial may make it: it has no deadlines, and no addresses.
type stubborn struct {
	net.Conn                         // of a pipe
	close, read, write chan struct{} // where set, Close, Read or Write returns only once it is closed
	addr               net.Addr
}

var errNoDeadlines = errors.New("deadlines are not supported")

func (*stubborn) SetDeadline(time.Time) error      { return errNoDeadlines }
func (*stubborn) SetReadDeadline(time.Time) error  { return errNoDeadlines }
func (*stubborn) SetWriteDeadline(time.Time) error { return errNoDeadlines }
func (c *stubborn) LocalAddr() net.Addr            { return c.addr }
func (c *stubborn) RemoteAddr() net.Addr           { return c.addr }

func (c *stubborn) Close() error {
	if c.close != nil {
		<-c.close
	}
	return c.Conn.Close()
}

func (c *stubborn) Read(p []byte) (int, error) {
	if c.read != nil {
		<-c.read
	}
	return c.Conn.Read(p)
}

func (c *stubborn) Write(p []byte) (int, error) {
	if c.write != nil {
		<-c.write
	}
	return c.Conn.Write(p)
}

// An address panics where it is nil.
type address struct{ network, text string }

func (a *address) Network() string { return a.network }
func (a *address) String() string  { return a.text }

// dials returns a Config.Dial that makes c.
func dials(c net.Conn) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) { return c, nil }
}

// A peer that reads nothing delays a closed socket, and the end of the run, by lingerTimeout. If not even
// Close unblocks a Read or a Write, the delay is a second longer.
func TestStubbornConnectionsHoldUpTheEndForALimitedTime(t *testing.T) {
	released := func(c chan struct{}) *stubborn { return &stubborn{read: c, write: c} }
	for _, test := range []struct {
		name string
		conn func(never chan struct{}) *stubborn
		want time.Duration
		left bool // something of it is left behind
	}{
		{"without deadlines", func(chan struct{}) *stubborn { return new(stubborn) }, lingerTimeout, false},
		{"whose Close ends no Read and no Write", released, lingerTimeout + abandonTimeout, true},
		{"whose Close blocks", func(c chan struct{}) *stubborn { return &stubborn{close: c} }, lingerTimeout + abandonTimeout, true},
	} {
		for _, how := range []string{"closed before", "closed at the end"} {
			t.Run(test.name+", "+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					guest, peer := net.Pipe()
					never := make(chan struct{})
					c := test.conn(never)
					c.Conn = guest
					n := newNetwork(t.Context(), Config{Dial: dials(c)})
					s := dialedSocket(t, n, 4)
					s.Write([]byte("x"))
					start := time.Now()
					if how == "closed before" {
						s.Close()
					}
					n.close()
					if d := time.Since(start); d != test.want {
						t.Errorf("it took %v, want %v", d, test.want)
					}
					if left := !detached(n); left != test.left {
						t.Errorf("left behind: %v, want %v", left, test.left)
					}
					close(never)
					peer.Close()
					synctest.Wait()
					if !detached(n) {
						t.Error("its goroutines don't end once its calls return")
					}
				})
			})
		}
	}
}

// A running guest that closes such a socket doesn't hold its place for ever.
func TestLingerNeedsNoDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guest, _ := net.Pipe()
		n := newNetwork(t.Context(), Config{Dial: dials(&stubborn{Conn: guest})})
		s := dialedSocket(t, n, 4)
		s.Write([]byte("x"))
		s.Close()
		time.Sleep(lingerTimeout - 1)
		if synctest.Wait(); detached(n) {
			t.Error("what was written has no time to be sent")
		}
		time.Sleep(time.Nanosecond)
		if synctest.Wait(); !detached(n) {
			t.Errorf("the connection is still there after %v", lingerTimeout)
		}
		n.close()
	})
}

func TestDoneContextDoesNotWaitForStubbornConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		never := make(chan struct{})
		guest, _ := net.Pipe()
		n := newNetwork(ctx, Config{Dial: dials(&stubborn{Conn: guest, close: never})})
		s := dialedSocket(t, n, 4)
		s.Write([]byte("x"))
		cancel()
		start := time.Now()
		n.close()
		if d := time.Since(start); d != abandonTimeout {
			t.Errorf("it took %v, want %v", d, abandonTimeout)
		}
		close(never)
	})
}

// A Dial that ignores its context is left behind, and its connection is closed once it returns one.
func TestDialThatIgnoresItsContextHoldsUpTheEndForALimitedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guest, peer := net.Pipe()
		answer := make(chan net.Conn)
		n := newNetwork(t.Context(), Config{Dial: func(context.Context, string, string) (net.Conn, error) { return <-answer, nil }})
		newSocket(n).Pwrite([]byte("4\ntcp\nanything:1"), 0)
		start := time.Now()
		n.close()
		if d := time.Since(start); d > lingerTimeout+abandonTimeout {
			t.Errorf("it took %v, want at most %v", d, lingerTimeout+abandonTimeout)
		}
		answer <- guest
		if _, err := peer.Read(make([]byte, 1)); err == nil {
			t.Error("the connection that came late is not closed")
		}
	})
}

func TestConnectionWithoutAddresses(t *testing.T) {
	for _, addr := range []net.Addr{nil, (*net.TCPAddr)(nil), (*address)(nil)} {
		synctest.Test(t, func(t *testing.T) {
			guest, _ := net.Pipe()
			n := newNetwork(t.Context(), Config{Dial: dials(&stubborn{Conn: guest, addr: addr})})
			s := dialedSocket(t, n, 4)
			b := make([]byte, 100)
			size, errno := s.Pread(b, statusOffset)
			if got := string(b[:size]); errno != 0 || got != "0\n\n\n\n\n" {
				t.Errorf("%T: the status is %q, %v", addr, got, errno)
			}
			s.Close()
			n.close()
		})
	}
}

// tls.Dial and others return a nil pointer beside an error, which is a net.Conn that isn't nil.
func TestNilPointerIsNoConnection(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("refused by the other side"), "0\n\n\n\n\nrefused by the other side"},
		{nil, "0\n\n\n\n\nthe host's dialer gave neither a connection nor an error"},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork(t.Context(), Config{Dial: func(context.Context, string, string) (net.Conn, error) {
				return (*stubborn)(nil), test.err
			}})
			s := dialedSocket(t, n, 4)
			b := make([]byte, 100)
			if size, errno := s.Pread(b, statusOffset); errno != 0 || string(b[:size]) != test.want {
				t.Errorf("the status is %q, %v, want %q", b[:size], errno, test.want)
			}
			s.Close()
			n.close()
		})
	}
}

// dialedSocket returns a socket whose dial has ended.
func dialedSocket(t *testing.T, n *network, fd int32) *socket {
	t.Helper()
	s := newSocket(n)
	if _, errno := s.Pwrite([]byte(itoa(int(fd))+"\ntcp\nanything:1"), 0); errno != 0 {
		t.Fatal(errno)
	}
	synctest.Wait()
	return s
}

// detached reports whether all sockets' goroutines have ended.
func detached(n *network) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.sockets) == 0
}
