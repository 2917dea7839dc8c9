package core

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

func TestConnTellsItsTrace(t *testing.T) {
	for _, cut := range []int{1, 5, 1000} {
		response := aResponse(7, strings.Repeat("metadata ", 1000))
		s := newMemoryStream()
		for rest := response; rest != ""; {
			n := min(cut, len(rest))
			s.say(rest[:n])
			rest = rest[n:]
		}
		r := new(recorder)
		trace := r.trace()
		trace.Closed = func(cause error) { r.lines = append(r.lines, "closed: "+errorText(cause)) }
		c := NewConn(s, Options{Trace: trace, Timeout: NoTimeout})
		request := aRequest(3, 12, 7, "topics")
		if err := c.WriteFrame(ctx, []byte(request[frameHeader:])); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ReadFrame(ctx, nil); err != nil {
			t.Fatal(err)
		}
		c.Close()
		c.Close()
		if want := []string{"> 3 v12 #7 23", "< 3 v12 #7 9008", "closed: <nil>"}; !slices.Equal(r.lines, want) {
			t.Errorf("pieces of %d: got %q, want %q", cut, r.lines, want)
		}
		if want := []string{request, response}; !slices.Equal(r.shown, want) {
			t.Errorf("pieces of %d: shown %.100q, want %.100q", cut, r.shown, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return "<nil>"
	}
	return err.Error()
}

// Frame is called before the transport has the request: its response may come during the write.
func TestConnTellsARequestBeforeItIsSent(t *testing.T) {
	s := newMemoryStream()
	var writes int
	c := NewConn(s, Options{Trace: &Trace{Frame: func(FrameInfo) { writes = s.writes }}})
	defer c.Close()
	if err := c.WriteFrame(ctx, []byte(aRequest(3, 12, 7, "topics")[frameHeader:])); err != nil {
		t.Fatal(err)
	}
	if writes != 0 || s.writes != 1 {
		t.Errorf("told after write %d of %d", writes, s.writes)
	}
}

func TestConnTellsWhatClosedItOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken pipe")
		for _, test := range []struct {
			name  string
			close func(*memoryStream, *Conn)
			cause error
			code  Code
		}{
			{"Close, while a receive waits", func(_ *memoryStream, c *Conn) {
				go c.Receive(ctx, 1)
				synctest.Wait()
				c.Close()
			}, nil, 0},
			{"the peer", func(s *memoryStream, c *Conn) {
				s.hangUp(io.EOF)
				c.Receive(ctx, 1)
			}, io.EOF, ErrNoConnection},
			{"the peer, which Alive notices", func(s *memoryStream, c *Conn) {
				s.hangUp(io.EOF)
				c.Alive()
			}, io.EOF, ErrNoConnection},
			{"a timeout", func(_ *memoryStream, c *Conn) { c.Receive(ctx, 1) }, ErrCannotReceive, ErrCannotReceive},
			{"a send that fails", func(s *memoryStream, c *Conn) {
				s.room, s.broken = 0, broken
				c.Send(ctx, []byte("x"))
			}, broken, ErrCannotSend},
			{"a frame that is none", func(s *memoryStream, c *Conn) {
				s.say("HTTP/1.1 400")
				c.ReadFrame(ctx, nil)
			}, ErrCannotReceive, ErrCannotReceive},
		} {
			var causes []error
			s := newMemoryStream()
			c := NewConn(s, Options{Trace: &Trace{Closed: func(cause error) { causes = append(causes, cause) }}})
			test.close(s, c)
			c.Send(ctx, []byte("x"))
			c.Close()
			if len(causes) != 1 || !errors.Is(causes[0], test.cause) {
				t.Errorf("%s: told of %v, want %v once", test.name, causes, test.cause)
			}
			if test.code != 0 && !errors.Is(causes[0], test.code) {
				t.Errorf("%s: %v has not the code %d", test.name, causes[0], test.code)
			}
		}
	})
}

// A function of a Trace may close the connection.
func TestTraceMayCloseTheConn(t *testing.T) {
	var c *Conn
	c = NewConn(newMemoryStream(), Options{Trace: &Trace{
		Frame:  func(FrameInfo) { c.Close() },
		Closed: func(error) { c.Close() },
	}})
	err := c.WriteFrame(ctx, []byte(aRequest(3, 12, 7, "topics")[frameHeader:]))
	if !errors.Is(err, ErrNoConnection) {
		t.Errorf("got %v, want %v", err, ErrNoConnection)
	}
}

func TestTracedCallsAllocateNothing(t *testing.T) {
	frames := 0
	c := NewConn(&steadyStream{}, Options{Trace: &Trace{
		Frame: func(FrameInfo) { frames++ },
		Bytes: func(bool, []byte) {},
	}})
	defer c.Close()
	// Its echo is its response.
	request := []byte(aRequest(18, 3, 18<<16|3, "")[frameHeader:])
	var buf []byte
	var err error
	n := testing.AllocsPerRun(1000, func() {
		if err == nil {
			err = c.WriteFrame(ctx, request)
		}
		if err == nil {
			buf, err = c.ReadFrame(ctx, buf)
		}
	})
	if n != 0 || err != nil || frames != 2*1001 {
		t.Errorf("%v allocations, %v, %d frames", n, err, frames)
	}
}
