package wasmhost

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
)

// A packetPipe is a net.PacketConn whose datagrams the test passes.
type packetPipe struct {
	net.PacketConn // nil: what a host needs is below
	in             chan packet
	out            chan packet
	errs           chan error // of ReadFrom and WriteTo
	closed         chan struct{}
	once           sync.Once
}

func newPacketPipe() *packetPipe {
	return &packetPipe{in: make(chan packet), out: make(chan packet), errs: make(chan error), closed: make(chan struct{})}
}

func (p *packetPipe) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case d := <-p.in:
		return copy(b, d.payload), d.addr, nil
	case err := <-p.errs:
		return 0, nil, err
	case <-p.closed:
		return 0, nil, net.ErrClosed
	}
}

func (p *packetPipe) WriteTo(b []byte, to net.Addr) (int, error) {
	if string(b) == "fails" {
		return 0, syscall.EHOSTUNREACH
	}
	select {
	case p.out <- packet{to, bytes.Clone(b)}:
		return len(b), nil
	case <-p.closed:
		return 0, net.ErrClosed
	}
}

func (p *packetPipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *packetPipe) LocalAddr() net.Addr { return udpAddr("192.0.2.1:53") }

func udpAddr(s string) net.Addr { return net.UDPAddrFromAddrPort(netip.MustParseAddrPort(s)) }

// packetSocket returns a socket that listens for datagrams, and its peer. Call in a synctest bubble.
func packetSocket(t *testing.T) (*network, *socket, *packetPipe) {
	t.Helper()
	p := newPacketPipe()
	n := newNetwork(t.Context(), Config{ListenPacket: func(context.Context, string, string) (net.PacketConn, error) { return p, nil }})
	s := newSocket(n)
	if _, errno := s.Pwrite([]byte("4\nlisten udp\n192.0.2.1:53"), 0); errno != 0 {
		t.Fatal(errno)
	}
	synctest.Wait()
	return n, s, p
}

func TestDatagramsAndTheirAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s, p := packetSocket(t)
		b := make([]byte, 100)
		if size, errno := s.Pread(b, statusOffset); errno != 0 || string(b[:size]) != "0\nudp\n192.0.2.1:53\n\n\n" {
			t.Errorf("the outcome is %q, %v", b[:size], errno)
		}
		for _, payload := range []string{"", "two\nlines", strings.Repeat("x", maxPacket)} {
			p.in <- packet{udpAddr("[2001:db8::1%eth0]:5353"), []byte(payload)}
			synctest.Wait()
			b := make([]byte, maxText+maxPacket)
			if size, errno := s.Read(b); errno != 0 || string(b[:size]) != "[2001:db8::1%eth0]:5353\n"+payload {
				t.Errorf("%.20q is read as %.60q, %v", payload, b[:size], errno)
			}
			text := "192.0.2.9:7\n" + payload
			if size, errno := s.Write([]byte(text)); size != len(text) || errno != 0 {
				t.Errorf("Write is (%d, %v)", size, errno)
			}
			if d := <-p.out; d.addr.String() != "192.0.2.9:7" || string(d.payload) != payload {
				t.Errorf("%.20q goes to %v as %.20q", payload, d.addr, d.payload)
			}
		}
		p.in <- packet{nil, []byte("cut here")}
		synctest.Wait()
		if size, errno := s.Read(b[:4]); errno != 0 || string(b[:size]) != "\ncut" {
			t.Errorf("%q, %v", b[:size], errno)
		}
		if _, errno := s.Read(b); errno != experimentalsys.EAGAIN {
			t.Errorf("the rest of a datagram gives %v", errno)
		}
		if _, errno := s.Pwrite([]byte{1}, closeWriteOffset); errno != experimentalsys.ENOTSUP {
			t.Errorf("CloseWrite gives %v", errno)
		}
		s.Close()
		n.close()
	})
}

// The guest is told of an error once. What comes after it is read as ever.
func TestErrorsOfDatagramsPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s, p := packetSocket(t)
		b := make([]byte, 200)
		reason := func(offset int64, want string) {
			t.Helper()
			if size, errno := s.Pread(b, offset); errno != 0 || !strings.Contains(string(b[:size]), want) {
				t.Errorf("the reason is %q, %v, want %q", b[:size], errno, want)
			}
		}
		p.errs <- syscall.ECONNREFUSED
		synctest.Wait()
		if _, errno := s.Read(b); errno != experimentalsys.EIO {
			t.Errorf("Read gives %v, want EIO", errno)
		}
		reason(readFailureOffset, "14\n")
		if _, errno := s.Read(b); errno != experimentalsys.EAGAIN {
			t.Errorf("Read gives %v, want EAGAIN", errno)
		}
		p.in <- packet{nil, []byte("x")}
		synctest.Wait()
		if size, errno := s.Read(b); size != 2 || errno != 0 {
			t.Errorf("Read after an error is (%d, %v)", size, errno)
		}
		s.Write([]byte("192.0.2.9:7\nfails"))
		synctest.Wait()
		if _, errno := s.Write([]byte("192.0.2.9:7\nx")); errno != experimentalsys.EIO {
			t.Errorf("Write gives %v, want EIO", errno)
		}
		reason(writeFailureOffset, "23\n")
		s.Write([]byte("192.0.2.9:7\ny"))
		if d := <-p.out; string(d.payload) != "y" {
			t.Errorf("%q came after an error", d.payload)
		}
		s.Close()
		n.close()
	})
}

// A guest that reads nothing leaves datagrams where they are, and one whose peer takes nothing has to wait.
func TestQueuesOfDatagramsAreBounded(t *testing.T) {
	for _, size := range []int{0, 1000, maxPacket} {
		synctest.Test(t, func(t *testing.T) {
			n, s, p := packetSocket(t)
			payload, came := make([]byte, size), 0
			for taken := true; taken; synctest.Wait() {
				select {
				case p.in <- packet{nil, payload}:
					came += size + packetCost
				default:
					taken = false
				}
			}
			if came > maxBuffer || came < maxBuffer-2*(maxPacket+packetCost) {
				t.Errorf("of %d bytes each, %d came", size, came)
			}
			wrote := 0
			for errno := experimentalsys.Errno(0); errno == 0; synctest.Wait() {
				if !s.ready(true) {
					t.Fatal("it is not writable, and takes more")
				}
				if _, errno = s.Write(append([]byte("192.0.2.9:7\n"), payload...)); errno == 0 {
					wrote += size + packetCost
				}
				if full := s.packets.out.full(); full == s.ready(true) {
					t.Fatalf("full: %v, writable: %v", full, s.ready(true))
				} else if full {
					break
				}
			}
			if _, errno := s.Write([]byte("192.0.2.9:7\n")); errno != experimentalsys.EAGAIN {
				t.Errorf("a full queue gives %v", errno)
			}
			if wrote > maxBuffer+size+packetCost { // one is with the peer
				t.Errorf("of %d bytes each, %d were taken", size, wrote)
			}
			p.Close() // so that sending them fails
			s.Close()
			n.close()
		})
	}
}

func TestDatagramsAreSentAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s, p := packetSocket(t)
		s.Write([]byte("192.0.2.9:7\na"))
		s.Write([]byte("192.0.2.9:7\nb"))
		s.Close()
		time.Sleep(lingerTimeout / 2)
		if a, b := <-p.out, <-p.out; string(a.payload) != "a" || string(b.payload) != "b" {
			t.Errorf("%q, %q", a.payload, b.payload)
		}
		n.close()
		<-p.closed
	})
}

func TestAPeerThatTakesNoDatagramsDelaysTheEndForALimitedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s, _ := packetSocket(t)
		s.Write([]byte("192.0.2.9:7\na"))
		start := time.Now()
		n.close()
		if d := time.Since(start); d != lingerTimeout || !detached(n) {
			t.Errorf("it took %v, want %v", d, lingerTimeout)
		}
	})
}

func TestListenPacketGivesNothing(t *testing.T) {
	for want, listen := range map[string]listenPacketFunc{
		"2\n\n\n\n\ndenied: the host doesn't let this program receive datagrams: permission denied": nil,
		"0\n\n\n\n\nthe host gave neither a socket for datagrams nor an error":                      func(context.Context, string, string) (net.PacketConn, error) { return (*packetPipe)(nil), nil },
		"0\n\n\n\n\nno": func(context.Context, string, string) (net.PacketConn, error) {
			return newPacketPipe(), errors.New("no")
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork(t.Context(), Config{ListenPacket: listen})
			s := newSocket(n)
			s.Pwrite([]byte("4\nlisten udp4\n:0"), 0)
			synctest.Wait()
			b := make([]byte, 200)
			if size, errno := s.Pread(b, statusOffset); errno != 0 || string(b[:size]) != want {
				t.Errorf("%q, %v", b[:size], errno)
			}
			s.Close()
			n.close()
		})
	}
}
