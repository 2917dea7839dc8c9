package tunnel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
)

func TestStreamIsAConn(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		e := newEnds(t)
		keep, _ := e.open(t, ClientWindow) // a session ends with its last stream
		client, server := e.open(t, ClientWindow)
		return client, server, func() {
			client.Close()
			server.Close()
			keep.Close()
		}, nil
	})
}

func TestOpenTellsWhatWasDialled(t *testing.T) {
	e := newEnds(t)
	client, _ := e.open(t, 1000)
	if got := client.RemoteAddr().String(); got != "192.0.2.1:9092" {
		t.Errorf("remote address %s", got)
	}
	if o := <-e.opens; o.Target != "broker:9092" || o.Window != 1000 {
		t.Errorf("the bridge was asked for %+v", o)
	}
}

func TestReaderThatStopsCostsItsWindow(t *testing.T) {
	e := newEnds(t)
	const window = 128 << 10
	client, server := e.open(t, window)
	other, otherServer := e.open(t, window)

	server.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
	n, err := server.Write(make([]byte, 4*window))
	if n != window || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("wrote %d bytes to a reader that stopped (%v), its window is %d", n, err, window)
	}
	// The others on the same WebSocket go on.
	mustWrite(t, otherServer, []byte("hello"))
	if _, err := io.ReadFull(other, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	// And when it reads again, it gets all.
	got, err := io.ReadAll(io.LimitReader(client, window))
	if err != nil || len(got) != window {
		t.Fatalf("read %d bytes: %v", len(got), err)
	}
	server.SetWriteDeadline(time.Time{})
	mustWrite(t, server, []byte("more"))
	if _, err := io.ReadFull(client, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
}

func TestWindowInMessagesOfOneByteCostsItsSize(t *testing.T) {
	var q byteQueue
	const window = 1 << 20
	for range window {
		b := newBuffer(1)
		b.w = 1
		q.push(b)
	}
	if q.size != window || q.held > 2*window {
		t.Fatalf("%d bytes cost %d", q.size, q.held)
	}
	q.clear()
}

func TestCloseDeliversWhatWasWrittenBefore(t *testing.T) {
	for range 50 {
		e := newEnds(t)
		client, server := e.open(t, ClientWindow)
		var want []byte
		for i := range 100 {
			want = append(want, bytes.Repeat([]byte{byte(i)}, i+1)...)
			mustWrite(t, server, bytes.Repeat([]byte{byte(i)}, i+1))
		}
		server.Close()
		got, err := io.ReadAll(client)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("read %d of %d bytes: %v", len(got), len(want), err)
		}
		if _, err := client.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
			t.Fatalf("write after the peer's close: %v", err)
		}
		client.Close()
	}
}

func TestBrokenSessionEndsItsStreamsWithAReset(t *testing.T) {
	e := newEnds(t)
	client, server := e.open(t, ClientWindow)
	mustWrite(t, server, []byte("last"))
	p := make([]byte, 10)
	if n, err := io.ReadAtLeast(client, p, 4); n != 4 || err != nil {
		t.Fatal(n, err)
	}
	e.serverPipe.Close(CodeAbnormal, "cable cut")
	_, err := client.Read(p)
	var op *net.OpError
	var sys *os.SyscallError
	if !errors.As(err, &op) || op.Op != "read" || !errors.As(err, &sys) || !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("read: %#v", err)
	}
	if _, err := e.client.Open(t.Context(), Open{}, nil, 0); !errors.Is(err, ErrSessionEnding) {
		t.Fatalf("open in a broken session: %v", err)
	}
}

func TestOpenThatIsCancelledClosesItsStream(t *testing.T) {
	e := newEnds(t)
	keep, _ := e.open(t, 100)
	defer keep.Close()
	e.clientPipe.hold(true)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-e.opens
		<-e.opens
		cancel()
	}()
	_, err := e.client.Open(ctx, Open{}, NamedAddr("broker:9092"), 0)
	var op *net.OpError
	if !errors.Is(err, context.Canceled) || !errors.As(err, &op) || op.Op != "dial" {
		t.Fatalf("open: %v", err)
	}
	if _, err := (<-e.streams).Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("the bridge's end of the stream: %v", err)
	}
	e.clientPipe.hold(false)
}

func TestSessionLingersAfterItsLastStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnds(t)
		alive := func() bool {
			select {
			case <-e.client.Done():
				return false
			default:
				return true
			}
		}
		a, _ := e.open(t, 100)
		time.Sleep(2 * linger)
		a.Close()
		time.Sleep(linger - time.Millisecond)
		b, _ := e.open(t, 100) // costs no handshake
		time.Sleep(2 * linger)
		if !alive() {
			t.Fatal("the session ended with a stream open")
		}
		b.Close()
		time.Sleep(linger - time.Millisecond)
		if !alive() {
			t.Fatal("the session didn't wait for another stream")
		}
		time.Sleep(time.Second)
		if alive() {
			t.Fatal("the session stays without a stream")
		}
		<-e.server.Done()
	})
}

func TestGoAwayLetsOpenStreamsGoOn(t *testing.T) {
	e := newEnds(t)
	client, server := e.open(t, 100)
	e.server.GoAway(&CloseError{Code: CodeGoingAway, Reason: "maintenance"})
	mustWrite(t, server, []byte("still"))
	if _, err := io.ReadFull(client, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if _, err := e.client.Open(t.Context(), Open{}, nil, 0); !errors.Is(err, ErrSessionEnding) {
		t.Fatalf("open after GOAWAY: %v", err)
	}
	client.Close()
	<-e.client.Done()
}

// An OPEN that crosses GOAWAY is refused, and belongs into another session.
func TestOpenThatCrossesGoAwayNeedsAnotherSession(t *testing.T) {
	for name, code := range map[string]Code{"GoingAway": CodeGoingAway, "Unauthorized": CodeUnauthorized} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEnds(t)
				e.serverPipe.hold(true)
				opened := make(chan error, 1)
				go func() {
					_, err := e.client.Open(t.Context(), Open{}, nil, 0)
					opened <- err
				}()
				synctest.Wait()
				e.server.GoAway(&CloseError{Code: code, Reason: "maintenance"})
				e.serverPipe.hold(false)
				err := <-opened
				if closed, ok := errors.AsType[*CloseError](err); !errors.Is(err, ErrSessionEnding) || !ok || closed.Code != code {
					t.Errorf("open: %v", err)
				}
			})
		})
	}
}

// A client that has no further token leaves a session that asks for one, or refuses one.
func TestClientWithoutTokensLeavesWhenOneIsWanted(t *testing.T) {
	for name, want := range map[string]func(*Session){
		"Asked":   func(s *Session) { s.AskToken() },
		"Refused": func(s *Session) { s.RefuseToken(&CloseError{Reason: "token: it is wrong"}) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEnds(t)
				client, server := e.open(t, 100)
				want(e.server)
				mustWrite(t, server, []byte("still"))
				if _, err := io.ReadFull(client, make([]byte, 5)); err != nil {
					t.Fatal(err)
				}
				if _, err := e.client.Open(t.Context(), Open{}, nil, 0); !errors.Is(err, ErrSessionEnding) {
					t.Errorf("open: %v", err)
				}
			})
		})
	}
}

func TestPeerThatReadsNothingEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnds(t)
		client, _ := e.open(t, 100)
		e.serverPipe.hold(true)
		// More than the pipe and the window take.
		client.SetWriteDeadline(time.Now().Add(time.Second))
		for range pipeMessages {
			client.Write(make([]byte, 10))
		}
		client.SetWriteDeadline(time.Now().Add(2 * stalledTurns * lookEvery))
		if _, err := client.Write(make([]byte, 2*receiveWindow)); !errors.Is(err, syscall.ECONNRESET) {
			t.Fatalf("write: %v", err)
		}
		e.serverPipe.hold(false)
	})
}

func TestForwardAndSendFromRelay(t *testing.T) {
	e := newEnds(t)
	client, server := e.open(t, 64<<10)
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	broker, far := net.Pipe()
	go server.SendFrom(broker)
	server.Forward(broker)
	go func() {
		io.CopyN(far, far, int64(len(want))) // echo
	}()
	go client.Write(want)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(client, got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("what came back differs: %v", err)
	}
	client.Close()
	broker.Close()
	far.Close()
}
