package guest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

func TestConnIsANetConn(t *testing.T) {
	onEachTransport(t, func(t *testing.T, suffix string) {
		nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
			c1, err = guest.Dial(t.Context(), "tcp", "splice"+suffix+":1")
			if err != nil {
				return nil, nil, nil, err
			}
			c2, err = guest.Dial(t.Context(), "tcp", "splice"+suffix+":1")
			if err != nil {
				return nil, nil, nil, err
			}
			return c1, c2, func() { c1.Close(); c2.Close() }, nil
		})
	})
}

func TestCloseWriteEndsOneDirection(t *testing.T) {
	c := dial(t, "echo:1").(interface {
		net.Conn
		CloseWrite() error
	})
	sent := pattern.At(0, 1<<20)
	go func() {
		c.Write(sent)
		if err := c.CloseWrite(); err != nil {
			t.Error(err)
		}
		if n, err := c.Write(sent); n != 0 || !errors.Is(err, syscall.EPIPE) {
			t.Errorf("Write after CloseWrite is (%d, %v)", n, err)
		}
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("got %d of %d bytes, or others: %v", len(got), len(sent), err)
	}
	pipe := dial(t, "echo-pipe:1").(interface{ CloseWrite() error })
	if err := pipe.CloseWrite(); !errors.Is(err, syscall.ENOTSUP) {
		t.Errorf("of a connection that can't: %v", err)
	}
}

func TestNoByteIsLostBeforeTheEnd(t *testing.T) {
	onEachTransport(t, func(t *testing.T, suffix string) {
		for _, size := range []int{0, 1, 4096, 4097, 1 << 20} {
			c := dial(t, "send"+suffix+":"+strconv.Itoa(size))
			var got []byte
			b := make([]byte, 5000)
			for {
				n, err := c.Read(b)
				got = append(got, b[:n]...)
				if err == io.EOF {
					break
				}
				if err != nil || n == 0 {
					t.Fatalf("Read is (%d, %v) after %d of %d bytes", n, err, len(got), size)
				}
			}
			if want := pattern.At(0, size); !bytes.Equal(got, want) {
				t.Fatalf("got %d of %d bytes, or others", len(got), size)
			}
			if n, err := c.Read(b); n != 0 || err != io.EOF {
				t.Fatalf("Read after the end is (%d, %v)", n, err)
			}
		}
	})
}

func TestManyBytesBothWaysAtOnce(t *testing.T) {
	onEachTransport(t, func(t *testing.T, suffix string) {
		c := dial(t, "echo"+suffix+":1")
		sent := bytes.Repeat([]byte("twenty-three bytes long"), 700_000) // 16 MB; no buffer is a multiple of 23
		go func() {
			if n, err := c.Write(sent); n != len(sent) || err != nil {
				t.Errorf("Write is (%d, %v)", n, err)
			}
		}()
		got := make([]byte, len(sent))
		if n, err := io.ReadFull(c, got); err != nil {
			t.Fatalf("after %d bytes: %v", n, err)
		}
		if !bytes.Equal(got, sent) {
			t.Fatal("the echo differs")
		}
	})
}

func TestResetArrivesAsSuch(t *testing.T) {
	c := dial(t, "reset:5")
	b := make([]byte, 5)
	if _, err := io.ReadFull(c, b); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(b[:1]); err != nil {
		t.Fatal(err)
	}
	n, err := c.Read(b)
	var op *net.OpError
	if n != 0 || !errors.Is(err, syscall.ECONNRESET) || !errors.As(err, &op) || op.Op != "read" {
		t.Fatalf("Read is (%d, %v), want ECONNRESET", n, err)
	}
	var call *os.SyscallError
	if !errors.As(err, &call) || call.Syscall != "read" {
		t.Errorf("got %#v, want an *os.SyscallError of read", op.Err)
	}
	_, err = c.Write(b)
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) || !errors.As(err, &op) || op.Op != "write" {
		t.Errorf("Write gives %v, want ECONNRESET or EPIPE", err)
	}
}

func TestWriteToAClosedPipeFails(t *testing.T) {
	c := dial(t, "send-pipe:1")
	if _, err := io.ReadAll(c); err != nil {
		t.Fatal(err)
	}
	// The host may accept the first write before it finds that the peer is gone.
	for range 1000 {
		if _, err := c.Write(make([]byte, 1000)); err != nil {
			if !errors.Is(err, syscall.EPIPE) {
				t.Errorf("got %v, want EPIPE", err)
			}
			return
		}
	}
	t.Error("one megabyte was taken")
}

func TestWriteBlocksWhenThePeerDoesNotDrain(t *testing.T) {
	onEachTransport(t, func(t *testing.T, suffix string) {
		c := dial(t, "stuck"+suffix+":1")
		for range 2 { // the deadline can be set again
			c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
			n, err := c.Write(make([]byte, 64<<20))
			if !errors.Is(err, os.ErrDeadlineExceeded) || n == 64<<20 {
				t.Fatalf("Write is (%d, %v)", n, err)
			}
			if suffix == "-pipe" && n > 256<<10 {
				t.Fatalf("the host took %d bytes for a peer that takes none", n)
			}
		}
		c.SetWriteDeadline(time.Time{})
		freed := make(chan error)
		go func() {
			_, err := c.Write(make([]byte, 1))
			freed <- err
		}()
		c.Close()
		if err := <-freed; !errors.Is(err, net.ErrClosed) {
			t.Fatalf("got %v, want net.ErrClosed", err)
		}
	})
}

func TestCloseFreesABlockedRead(t *testing.T) {
	c := dial(t, "stuck:1")
	freed := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		freed <- err
	}()
	roundTrip(t, dial(t, "echo:1"), "the other goroutine reads by now")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-freed; !errors.Is(err, net.ErrClosed) {
		t.Fatalf("got %v, want net.ErrClosed", err)
	}
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second Close gives %v, want net.ErrClosed", err)
	}
}

func TestDeadlineOfAClosedConnIsErrClosed(t *testing.T) {
	c := dial(t, "echo:1")
	c.Close()
	for _, set := range []func(time.Time) error{c.SetDeadline, c.SetReadDeadline, c.SetWriteDeadline} {
		if err := set(time.Now()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v, want %v", err, net.ErrClosed)
		}
	}
}

func TestDeadlineOfNowFreesABlockedRead(t *testing.T) {
	c := dial(t, "echo:1")
	freed := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		freed <- err
	}()
	roundTrip(t, dial(t, "echo:1"), "the other goroutine reads by now")
	c.SetReadDeadline(time.Now())
	if err := <-freed; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("got %v, want os.ErrDeadlineExceeded", err)
	}
	c.SetReadDeadline(time.Time{})
	roundTrip(t, c, "still works")
}

func TestHundredsOfConnectionsAtOnce(t *testing.T) {
	for _, count := range []int{50, 300} {
		t.Run(strconv.Itoa(count), func(t *testing.T) {
			var clients sync.WaitGroup
			for i := range count {
				clients.Go(func() {
					c, err := guest.Dial(t.Context(), "tcp", "echo:1")
					if err != nil {
						t.Error(err)
						return
					}
					defer c.Close()
					sent := strings.Repeat(fmt.Sprintln("connection", i), 100)
					if _, err := io.WriteString(c, sent); err != nil {
						t.Error(err)
					}
					got := make([]byte, len(sent))
					if _, err := io.ReadFull(c, got); err != nil || string(got) != sent {
						t.Errorf("connection %d got another's bytes, or %v", i, err)
					}
				})
			}
			clients.Wait()
		})
	}
}
