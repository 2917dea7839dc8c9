package tunnel

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A pinging is a pipeSocket that can ping, as all but a page's can. Its peer never pongs.
type pinging struct {
	*pipeSocket
	mu    sync.Mutex
	pings []time.Time
}

func (p *pinging) onPing(func([]byte)) {}

func (p *pinging) TryWrite(b *buffer) (bool, error) {
	if b.opcode == opPing {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pings = append(p.pings, time.Now())
		return true, nil
	}
	return p.pipeSocket.TryWrite(b)
}

func (p *pinging) sent() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.pings)
}

// silentBridge returns a client's session whose bridge answers nothing.
func silentBridge(t *testing.T, canPing bool) (*Session, *pinging) {
	t.Helper()
	near, far := newPipe()
	p := &pinging{pipeSocket: near}
	go func() {
		for err := error(nil); err == nil; {
			_, err = far.Read(nil)
		}
	}()
	var socket Socket = near
	if canPing {
		socket = p
	}
	s := NewClient(socket, "bridge", NamedAddr("client"))
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve()
	}()
	t.Cleanup(func() {
		s.Abort(&CloseError{Code: CodeNormal})
		<-served
	})
	return s, p
}

// giveUp opens a stream and gives up after wait.
func giveUp(s *Session, wait, silence time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	_, err := s.Open(ctx, Open{Window: 1}, NamedAddr("broker:9092"), silence)
	return err
}

// TestOpensThatAreGivenUpCount has OPENs given up before an answer could come. One ping goes out once
// they have waited for half of the limit, and has the other half for its answer.
func TestOpensThatAreGivenUpCount(t *testing.T) {
	const silence, each = 2 * time.Second, 220 * time.Millisecond // no multiple of which is the limit
	for _, row := range []struct {
		opens   int
		noMore  time.Duration // than the next OPEN waits
		waiting time.Duration // in all, when the ping goes out
	}{
		{4, 1120 * time.Millisecond, silence / 2},
		{9, 20 * time.Millisecond, silence / 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, p := silentBridge(t, true)
			start := time.Now()
			for range row.opens {
				if err := giveUp(s, each, silence); !errors.Is(err, context.DeadlineExceeded) {
					t.Fatal(err)
				}
			}
			last := time.Now()
			if err := giveUp(s, time.Hour, silence); !errors.Is(err, ErrNoAnswer) {
				t.Fatalf("%v, %v was expected", err, ErrNoAnswer)
			}
			if took := time.Since(last); took != row.noMore {
				t.Errorf("after %d OPENs the next took %v, %v was expected", row.opens, took, row.noMore)
			}
			if pings := p.sent(); len(pings) != 1 || pings[0].Sub(start) != row.waiting {
				t.Errorf("pings were sent at %v, one %v after %v was expected", pings, row.waiting, start)
			}
		})
	}
}

// TestPageGivesEachOpenItsTime has OPENs given up that the bridge may still have been busy with: a page
// can't ask. The session ends for none of them, and the next dial makes another.
func TestPageGivesEachOpenItsTime(t *testing.T) {
	const silence = 2 * time.Second
	synctest.Test(t, func(t *testing.T) {
		s, _ := silentBridge(t, false)
		lasting := make(chan error, 1)
		go func() { lasting <- giveUp(s, time.Hour, 10*silence) }()
		synctest.Wait()
		start := time.Now()
		if err := giveUp(s, silence-1, silence); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if err := giveUp(s, time.Hour, silence); !errors.Is(err, ErrSessionEnding) {
			t.Fatalf("%v, %v was expected", err, ErrSessionEnding)
		}
		if err := <-lasting; !errors.Is(err, ErrNoAnswer) || time.Since(start) != 10*silence {
			t.Errorf("%v after %v, %v after %v was expected", err, time.Since(start), ErrNoAnswer, 10*silence)
		}
	})
}

// TestClientThatOnlyReadsPings has the bridge send without end: its own pings wait behind that.
func TestClientThatOnlyReadsPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := newPipe()
		p := &pinging{pipeSocket: near}
		client := NewClient(p, "bridge", NamedAddr("client"))
		go client.Serve()
		for range 12 * 10 {
			time.Sleep(time.Second)
			credit := newMessage(appendCredit(nil, 1, 1))
			if err := far.Write(credit); err != nil {
				t.Fatal(err)
			}
			client.mu.Lock()
			client.lastID = 1 // of a stream that was closed
			client.idle.Stop()
			client.mu.Unlock()
		}
		if n := len(p.sent()); n != 6 {
			t.Errorf("%d pings were sent in two minutes, one each 20 s was expected", n)
		}
		client.Abort(&CloseError{Code: CodeNormal})
	})
}

// TestNothingFollowsAClose has the stream closed while the broker is read.
func TestNothingFollowsAClose(t *testing.T) {
	e := newEnds(t)
	_, server := e.open(t, 1<<20)
	read := readerFunc(func(p []byte) (int, error) {
		server.Close()
		return copy(p, "too late"), nil
	})
	_, sent := e.serverPipe.Moved()
	if n, err := server.SendFrom(read); n != 0 || err == nil {
		t.Errorf("%d bytes were sent: %v", n, err)
	}
	closing := int64(len(appendClose(nil, 1, CodeNormal, "")))
	if _, now := e.serverPipe.Moved(); now-sent != closing {
		t.Errorf("%d bytes went out, a CLOSE of %d was expected", now-sent, closing)
	}
	if w := server.session.writer; w.data != 0 {
		t.Errorf("%d bytes of the session's queue stay reserved", w.data)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
