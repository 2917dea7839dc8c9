//go:build !js

package tunnel

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// ReadFull takes what has come, and what comes in any pieces, several windows of it.
func TestReadFullFillsTheBuffer(t *testing.T) {
	for _, piece := range []int{1, 100, 100_000} {
		synctest.Test(t, func(t *testing.T) {
			e := newEnds(t)
			client, server := e.open(t, 100)
			want := bytes.Repeat([]byte("0123456789abcdef"), 3*receiveWindow/16)
			if piece == 1 {
				want = want[:1000]
			}
			mustWrite(t, client, want[:10])
			synctest.Wait()
			if n := server.Buffered(); n != 10 {
				t.Errorf("%d bytes are buffered, 10 came", n)
			}
			go func() {
				for rest := want[10:]; len(rest) > 0; {
					n, err := client.Write(rest[:min(piece, len(rest))])
					if err != nil {
						return
					}
					synctest.Wait()
					rest = rest[n:]
				}
				client.Write([]byte("more"))
			}()
			got := make([]byte, len(want))
			if n, err := server.ReadFull(got); n != len(got) || err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d of %d bytes: %v", n, len(got), err)
			}
			more := make([]byte, 4)
			if _, err := io.ReadFull(server, more); string(more) != "more" {
				t.Fatalf("%q follows: %v", more, err)
			}
		})
	}
}

func TestReadFullEndsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnds(t)
		client, server := e.open(t, 100)
		server.SetReadDeadline(time.Now().Add(time.Second))
		mustWrite(t, client, []byte("abc"))
		p := make([]byte, 10)
		if n, err := server.ReadFull(p); n != 3 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("at the deadline: %d bytes, %v", n, err)
		}
		server.SetReadDeadline(time.Time{})
		mustWrite(t, client, []byte("de"))
		go client.Close()
		if n, err := server.ReadFull(p); n != 2 || err != io.EOF {
			t.Errorf("at the end: %d bytes, %v", n, err)
		}
	})
}
