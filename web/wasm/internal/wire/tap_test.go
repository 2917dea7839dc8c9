package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/core"
)

// A fakeConn takes what is written, and returns what the test gives it to read.
type fakeConn struct {
	net.Conn
	toRead bytes.Buffer
}

func (c *fakeConn) Read(p []byte) (int, error)  { return c.toRead.Read(p) }
func (c *fakeConn) Write(p []byte) (int, error) { return len(p), nil }
func (c *fakeConn) Close() error                { return nil }

// An end is a connection with a Tap, and the broker behind it.
type end struct {
	t    *testing.T
	conn net.Conn
	fake *fakeConn
}

func connect(t *testing.T, tap *Tap) *end {
	fake := &fakeConn{}
	return &end{t, tap.Conn(fake, "broker:9092"), fake}
}

func (e *end) send(p []byte) {
	e.t.Helper()
	if _, err := e.conn.Write(p); err != nil {
		e.t.Fatal(err)
	}
}

func (e *end) receive(p []byte) {
	e.t.Helper()
	e.fake.toRead.Write(p)
	if _, err := io.ReadFull(e.conn, make([]byte, len(p))); err != nil {
		e.t.Fatal(err)
	}
}

// next waits for frames, and returns all that there are.
func next(t *testing.T, c *Capture) (all Batch) {
	t.Helper()
	for more := true; more; {
		b, err := c.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all.Frames, more = append(all.Frames, b.Frames...), b.More
		all.Dropped += b.Dropped
	}
	return all
}

func TestCaptureTellsOfFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tap := new(Tap)
		c := tap.Capture(MaxCaptured)
		defer c.Close()
		connect(t, tap)
		e := connect(t, tap)
		request, response := requestSample(3, 12, true).frame, responseSample(3, 12, true).frame
		start := time.Now()
		e.send(request[:9])
		e.send(request[9:])
		time.Sleep(time.Second)
		e.receive(response[:5])
		e.receive(response[5:])

		b := next(t, c)
		if len(b.Frames) != 2 || b.Dropped != 0 {
			t.Fatalf("%+v", b)
		}
		for i, want := range []Frame{
			{Request: true, Connection: 2, Broker: "broker:9092", APIKey: 3, APIVersion: 12, CorrelationID: 77, Size: len(request), Bytes: request, At: start},
			{Connection: 2, Broker: "broker:9092", APIKey: 3, APIVersion: 12, CorrelationID: 77, Size: len(response), Bytes: response, At: start.Add(time.Second), Latency: time.Second},
		} {
			got := *b.Frames[i]
			if !bytes.Equal(got.Bytes, want.Bytes) {
				t.Errorf("the bytes are %q, want %q", got.Bytes, want.Bytes)
			}
			f := got.Decode()
			checkPartition(t, f, len(want.Bytes))
			got.Bytes, want.Bytes = nil, nil
			if !got.At.Equal(want.At) {
				t.Errorf("at %v, want %v", got.At, want.At)
			}
			got.At, want.At = time.Time{}, time.Time{}
			if !equal(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
}

func equal(a, b Frame) bool {
	return a.Request == b.Request && a.Connection == b.Connection && a.Broker == b.Broker && a.APIKey == b.APIKey && a.APIVersion == b.APIVersion &&
		a.CorrelationID == b.CorrelationID && a.Size == b.Size && a.Latency == b.Latency && a.Redacted == b.Redacted && errors.Is(a.Dark, b.Dark)
}

func TestCapturesKeepAsManyBytesAsTheyAskFor(t *testing.T) {
	tap := new(Tap)
	request := requestSample(3, 12, true).frame
	limits := []int{-1, 0, 10, 20, len(request), MaxCaptured}
	captures := map[int]*Capture{}
	for _, limit := range limits {
		captures[limit] = tap.Capture(limit)
		defer captures[limit].Close()
	}
	e := connect(t, tap)
	for _, b := range request {
		e.send([]byte{b})
	}
	for limit, c := range captures {
		f := next(t, c).Frames[0]
		if want := request[:min(max(limit, 0), len(request))]; !bytes.Equal(f.Bytes, want) || f.Size != len(request) {
			t.Errorf("%d bytes: %q, want %q", limit, f.Bytes, want)
		}
		checkPartition(t, f.Decode(), len(f.Bytes))
	}
}

func TestCaptureHasNoCredentials(t *testing.T) {
	tap := new(Tap)
	c := tap.Capture(MaxCaptured)
	defer c.Close()
	e := connect(t, tap)
	e.send(requestSample(17, 1, false).frame)
	e.receive(responseSample(17, 1, false).frame)
	e.send(requestSample(36, 2, true).frame)
	e.receive(responseSample(36, 2, true).frame)
	e.send(requestSample(44, 1, true).frame)
	e.receive(responseSample(44, 1, true).frame)

	raw := connect(t, tap)
	raw.send(requestSample(17, 0, false).frame)
	raw.receive(responseSample(17, 0, false).frame)
	raw.send([]byte("\x00\x00\x00\x07" + secret))
	raw.receive([]byte("\x00\x00\x00\x07" + secret))

	hidden := connect(t, tap)
	hidden.send([]byte("\x16\x03\x01\x02\x00" + secret))

	var got []Redaction
	for _, f := range next(t, c).Frames {
		got = append(got, f.Redacted)
		if f.Redacted != "" && (len(f.Bytes) > 0 || f.Decode().Type != typeRedacted) {
			t.Errorf("%+v", f)
		}
		if bytes.Contains(f.Bytes, []byte(secret)) {
			t.Errorf("%q", f.Bytes)
		}
		if (f.Redacted == RedactedTLS) != errors.Is(f.Dark, core.ErrTLS) {
			t.Errorf("dark: %v", f.Dark)
		}
	}
	want := []Redaction{"", "", "sasl", "sasl", "secret", "secret", "", "sasl", "sasl", "sasl", "tls"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCaptureSaysThatAConnectionIsNotKafkas(t *testing.T) {
	tap := new(Tap)
	c := tap.Capture(10)
	defer c.Close()
	connect(t, tap).send([]byte("GET / HTTP/1.1\r\n\r\n"))
	b := next(t, c)
	if f := b.Frames[0]; len(b.Frames) != 1 || f.Dark == nil || f.Redacted != "" || f.APIKey != core.UnknownAPI {
		t.Errorf("%+v", b)
	}
}

func TestCaptureHasWhatPassedOfAFrameAtTheEnd(t *testing.T) {
	tap := new(Tap)
	c := tap.Capture(MaxCaptured)
	defer c.Close()
	e := connect(t, tap)
	request := requestSample(3, 12, true).frame
	e.send(request[:30])
	e.conn.Close()
	if b := next(t, c); len(b.Frames) != 1 || !bytes.Equal(b.Frames[0].Bytes, request[:30]) {
		t.Errorf("%+v", b)
	}
}

func TestCaptureBeginsWithAWholeFrame(t *testing.T) {
	tap := new(Tap)
	e := connect(t, tap)
	request := requestSample(3, 12, true).frame
	e.send(request[:30])
	c := tap.Capture(MaxCaptured)
	e.send(request[30:])
	e.send(requestSample(3, 11, true).frame)
	c.Close()
	e.send(request)
	if b := next(t, c); len(b.Frames) != 1 || b.Frames[0].APIVersion != 11 {
		t.Errorf("%+v", b)
	}
	if _, err := c.Next(t.Context()); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}

func TestTapAllocatesNothingWithoutACaptureThatHasRoom(t *testing.T) {
	tap := new(Tap)
	c := tap.Capture(0)
	defer c.Close()
	c.held = maxHeld
	e := connect(t, tap)
	request, response := requestSample(3, 12, true).frame, responseSample(3, 12, true).frame
	buffer := make([]byte, len(response))
	if n := testing.AllocsPerRun(1000, func() {
		e.send(request)
		e.fake.toRead.Write(response)
		io.ReadFull(e.conn, buffer)
	}); n != 0 {
		t.Errorf("%v allocations for an exchange", n)
	}
}
