package suite

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

func frameRoundTrips(t *testing.T, s Setup) {
	c := s.dial(t, "echo")
	var buf []byte
	for _, size := range []int{1, 10, 1000, 4096, 70_000, 3 << 20, 5} {
		payload := pattern.At(int64(size), size)
		writing := start(func() error { return c.WriteFrame(t.Context(), payload) })
		got, err := c.ReadFrame(t.Context(), buf)
		if err != nil {
			t.Fatalf("read a frame of %d bytes: %v", size, err)
		}
		if err := writing.wait(t); err != nil {
			t.Fatalf("write a frame of %d bytes: %v", size, err)
		}
		if !bytes.Equal(got, payload) {
			t.Fatalf("a frame of %d bytes came back as %d other bytes", size, len(got))
		}
		if cap(buf) >= size && &buf[:1][0] != &got[0] {
			t.Errorf("ReadFrame did not use the %d bytes that it was given for %d", cap(buf), size)
		}
		buf = got
	}
}

// What is no frame is called by its name, and the connection is closed.
func frameThatIsNotKafka(t *testing.T, s Setup) {
	for _, test := range []struct {
		name   string
		answer string
		says   string
	}{
		{"HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "HTTP"},
		{"TLSAlert", "\x15\x03\x01\x00\x02\x02\x28", "TLS"},
		{"Negative", "\xff\xff\xff\xffabcdefghij", "length -1"},
		{"MostNegative", "\x80\x00\x00\x00abcdefghij", "length -2147483648"},
		{"Huge", "\x7f\xff\xff\xffabcdefghij", "length 2147483647 is over the 104857600 limit"},
		{"OneOver", "\x06\x40\x00\x01abcdefghij", "length 104857601 is over the 104857600 limit"},
		{"Zero", "\x00\x00\x00\x00abcdefghij", "length 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := s.dial(t, hexStep(test.answer)+"; hold")
			allocated := allocatedBy(func() {
				_, err := c.ReadFrame(t.Context(), nil)
				wantError(t, err, kafkaio.ErrCannotReceive)
				wantNames(t, err, test.says)
				wantNames(t, err, s.Peer)
			})
			if allocated > 1<<20 {
				t.Errorf("%d bytes were allocated", allocated)
			}
			wantClosed(t, c)
		})
	}
	t.Run("OverOwnLimit", func(t *testing.T) {
		d := s.dialer()
		d.MaxFrame = 1000
		c := s.dialWith(t, d, hexStep("\x00\x00\x03\xe9abcdefghij")+"; hold")
		_, err := c.ReadFrame(t.Context(), nil)
		wantError(t, err, kafkaio.ErrCannotReceive)
		wantNames(t, err, "length 1001 is over the 1000 limit")
	})
}

// A length is a promise; memory is spent on what comes.
func frameThatLies(t *testing.T, s Setup) {
	c := s.dial(t, hexStep("\x06\x40\x00\x00abcdefghij"))
	var err error
	allocated := allocatedBy(func() { _, err = c.ReadFrame(t.Context(), nil) })
	wantError(t, err, kafkaio.ErrCannotReceive, io.ErrUnexpectedEOF)
	if allocated > 1<<20 {
		t.Errorf("%d bytes were allocated for a frame of 100 MiB of which 10 bytes came", allocated)
	}
	wantClosed(t, c)
}

func frameCutShort(t *testing.T, s Setup) {
	for _, test := range []struct {
		name string
		sent string
	}{
		{"InTheLength", "\x00\x00"},
		{"AfterTheLength", "\x00\x00\x00\x0a"},
		{"InThePayload", "\x00\x00\x00\x0aabcdefghi"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := s.dial(t, hexStep(test.sent))
			_, err := c.ReadFrame(t.Context(), nil)
			wantError(t, err, kafkaio.ErrCannotReceive)
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %v, under which there is no %v", err, io.ErrUnexpectedEOF)
			}
			wantClosed(t, c)
		})
	}
	t.Run("BeforeIt", func(t *testing.T) {
		c := s.dial(t, "send 0")
		_, err := c.ReadFrame(t.Context(), nil)
		wantError(t, err, kafkaio.ErrNoConnection, io.EOF)
	})
}

// hexStep is a step of a script that sends these bytes.
func hexStep(answer string) string { return fmt.Sprintf("hex %s", hex.EncodeToString([]byte(answer))) }

// allocatedBy is how many bytes the whole program allocated while f ran.
func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
