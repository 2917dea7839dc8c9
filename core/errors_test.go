package core

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// An error has only the first bytes that a peer sent, and quotes them.
func FuzzErrorText(f *testing.F) {
	f.Add([]byte("HTTP"), int64(time.Second), 4, 128)
	f.Add([]byte("\x15\x03\x01\x00"), int64(-1), -1, 0)
	f.Add([]byte("\x1b[2J"), int64(1<<62), 1<<31, 1<<31)
	f.Fuzz(func(t *testing.T, first []byte, elapsed int64, done, want int) {
		s := newMemoryStream(string(first))
		s.end = errors.New("broken")
		c := NewConn(s, Options{Addr: "broker:9092", Timeout: time.Minute})
		defer c.Close()
		_, err := c.ReadFrame(ctx, nil)
		var e *Error
		if err == nil {
			return
		}
		if !errors.As(err, &e) {
			t.Fatalf("%T is no *Error", err)
		}
		for range 2 {
			text := e.Error()
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\x1b") || !strings.HasPrefix(text, "kafkaio: receive from broker:9092: ") {
				t.Errorf("the text of %+v is %q", *e, text)
			}
			e.Elapsed, e.Done, e.Want = time.Duration(elapsed), done, want
		}
	})
}
