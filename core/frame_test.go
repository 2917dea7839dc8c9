package core

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func frame(payload string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(payload)))) + payload
}

func TestFramesSurviveAnyCutting(t *testing.T) {
	long := strings.Repeat("payload ", 10_000)
	all := frame("a") + frame(long) + frame("bc")
	for _, size := range []int{1, 3, 4, 5, 4096, len(all)} {
		s := newMemoryStream()
		for rest := all; rest != ""; {
			n := min(size, len(rest))
			s.say(rest[:n])
			rest = rest[n:]
		}
		c := NewConn(s, Options{})
		var buf []byte
		for _, want := range []string{"a", long, "bc"} {
			var err error
			if buf, err = c.ReadFrame(ctx, buf); err != nil || string(buf) != want {
				t.Fatalf("in pieces of %d: %d bytes, %v", size, len(buf), err)
			}
		}
		c.Close()
	}
}

func TestSmallFrameIsOneWriteAndALargeOneWhole(t *testing.T) {
	s := newMemoryStream()
	c := NewConn(s, Options{})
	defer c.Close()
	if err := c.WriteFrame(ctx, []byte("small")); err != nil || s.writes != 1 {
		t.Fatal(s.writes, err)
	}
	long := strings.Repeat("payload ", 10_000)
	if err := c.WriteFrame(ctx, []byte(long)); err != nil {
		t.Fatal(err)
	}
	if want := frame("small") + frame(long); string(s.written) != want {
		t.Fatalf("%d bytes were written, %d were expected", len(s.written), len(want))
	}
}

func TestFrameThatBreaksMidwaySaysHowMuchWent(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, room := range []int{0, 3, 4, 5, 4096, 5000, 10_003} {
		s := newMemoryStream()
		s.room, s.broken = room, errors.New("broken")
		c := NewConn(s, Options{})
		check(t, c.WriteFrame(ctx, []byte(long)), ErrCannotSend, room, 10_004, s.broken)
	}
}

func TestBrokenLengthsNameTheirCause(t *testing.T) {
	for says, cause := range map[string]string{
		"HTTP/1.1 400 Bad Request\r\n": "this is an HTTP server",
		"\x15\x03\x03\x00\x02\x02\x32": "this port speaks TLS",
		"\x16\x03\x01\x02\x00":         "this port speaks TLS",
		"\xff\xff\xff\xff":             "length -1",
		"\x00\x00\x00\x00":             "length 0",
		"\x80\x00\x00\x00":             "length -2147483648",
		"\x7f\xff\xff\xff":             "length 2147483647 is over the 104857600 limit",
		"HTTq":                         "length 1213486193 is over the 104857600 limit",
	} {
		s := newMemoryStream(says)
		c := NewConn(s, Options{Addr: "broker:9092"})
		_, err := c.ReadFrame(ctx, nil)
		check(t, err, ErrCannotReceive, 4, 0, nil)
		if !strings.HasPrefix(err.Error(), "kafkaio: receive from broker:9092: "+cause) {
			t.Errorf("%q: %v", says, err)
		}
		if isOpen(c) {
			t.Errorf("%q left the connection open", says)
		}
	}
}

func TestFrameOfTheLimitIsTaken(t *testing.T) {
	c := NewConn(newMemoryStream(frame(strings.Repeat("x", 100))), Options{MaxFrame: 100})
	defer c.Close()
	if got, err := c.ReadFrame(ctx, nil); err != nil || len(got) != 100 {
		t.Fatal(len(got), err)
	}
}

// A steadyStream answers each frame with itself and allocates nothing.
type steadyStream struct {
	buf  [256]byte
	r, w int
}

func (s *steadyStream) Write(p []byte) (int, error) {
	s.w = copy(s.buf[:], p)
	s.r = 0
	return len(p), nil
}
func (s *steadyStream) Read(p []byte) (int, error) {
	n := copy(p, s.buf[s.r:s.w])
	s.r += n
	return n, nil
}
func (s *steadyStream) Close() error                     { return nil }
func (s *steadyStream) SetReadDeadline(time.Time) error  { return nil }
func (s *steadyStream) SetWriteDeadline(time.Time) error { return nil }

func TestSteadyCallsAllocateNothing(t *testing.T) {
	c := NewConn(&steadyStream{}, Options{})
	defer c.Close()
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	message, into := []byte(frame("hello")), make([]byte, 9)
	var buf []byte
	for name, f := range map[string]func() error{
		"Send and ReceiveInto": func() error {
			if _, err := c.Send(ctx, message); err != nil {
				return err
			}
			_, err := c.ReceiveInto(ctx, into)
			return err
		},
		"WriteFrame and ReadFrame": func() (err error) {
			if err = c.WriteFrame(ctx, message[4:]); err != nil {
				return err
			}
			buf, err = c.ReadFrame(ctx, buf)
			return err
		},
		"WriteFrame and ReadFrame, ctx that can be cancelled": func() (err error) {
			if err = c.WriteFrame(cancellable, message[4:]); err != nil {
				return err
			}
			buf, err = c.ReadFrame(cancellable, buf)
			return err
		},
	} {
		var err error
		if n := testing.AllocsPerRun(1000, func() { err = errors.Join(err, f()) }); n != 0 || err != nil {
			t.Errorf("%s: %v allocations, %v", name, n, err)
		}
	}
}

// FuzzReadFrame feeds ReadFrame any bytes, in pieces of any size.
func FuzzReadFrame(f *testing.F) {
	f.Add([]byte(frame("hello")+frame("world")), 3)
	f.Add([]byte("HTTP/1.1 200 OK\r\n"), 100)
	f.Add([]byte("\x15\x03\x03\x00\x02\x02\x32"), 1)
	f.Add([]byte("\xff\xff\xff\xff"), 2)
	f.Add([]byte("\x06\x40\x00\x00ten bytes."), 5)
	f.Fuzz(func(t *testing.T, says []byte, size int) {
		size = max(size&0xfff, 1)
		s := newMemoryStream()
		for rest := says; len(rest) > 0; {
			n := min(size, len(rest))
			s.say(string(rest[:n]))
			rest = rest[n:]
		}
		s.end = io.EOF
		c := NewConn(s, Options{})
		var buf []byte
		for {
			var err error
			if buf, err = c.ReadFrame(ctx, buf); err != nil {
				var e *Error
				if !errors.As(err, &e) || e.Error() == "" || isOpen(c) {
					t.Fatalf("%#v", err)
				}
				return
			}
			if !bytes.HasPrefix(says, []byte(frame(string(buf)))) {
				t.Fatalf("frame %q is not in %q", buf, says)
			}
			says = says[4+len(buf):]
		}
	})
}

// benchmarkBare sends a message and receives an answer of so many bytes, on a net.Conn that sets its deadlines.
func benchmarkBare(b *testing.B, c net.Conn, message []byte, answer int) {
	into := make([]byte, answer)
	for b.Loop() {
		c.SetWriteDeadline(time.Now().Add(DefaultTimeout))
		c.Write(message)
		c.SetReadDeadline(time.Now().Add(DefaultTimeout))
		if _, err := io.ReadFull(c, into); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFrameRoundTrip compares with the same bytes on a bare net.Conn that sets its deadlines,
// and with traces. The frame is a request and, echoed, its own response.
func BenchmarkFrameRoundTrip(b *testing.B) {
	message := []byte(aRequest(18, 3, 18<<16|3, strings.Repeat("x", 87)))
	addr := testnet.Serve(b, testnet.Echo)
	b.Run("bare", func(b *testing.B) { benchmarkBare(b, testnet.Dial(b, addr), message, len(message)) })
	for _, traced := range []struct {
		name  string
		trace *Trace
	}{
		{"Conn", nil},
		{"Conn with Frame", &Trace{Frame: func(FrameInfo) {}}},
		{"Conn with Frame and Bytes", &Trace{Frame: func(FrameInfo) {}, Bytes: func(bool, []byte) {}}},
		{"Conn with debug level 1", NewDebugTrace(io.Discard, "broker:9092", 1)},
		{"Conn with debug level 2", NewDebugTrace(io.Discard, "broker:9092", 2)},
	} {
		b.Run(traced.name, func(b *testing.B) {
			c := NewConn(testnet.Dial(b, addr), Options{Trace: traced.trace})
			var buf []byte
			for b.Loop() {
				err := c.WriteFrame(ctx, message[frameHeader:])
				if err == nil {
					buf, err = c.ReadFrame(ctx, buf)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
