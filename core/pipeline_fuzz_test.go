package core

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
)

// FuzzPipelineResponses answers three calls in flight with any bytes, in pieces of any size.
func FuzzPipelineResponses(f *testing.F) {
	f.Add([]byte(frame(responseTo(1, "one"))+frame(responseTo(3, "three"))+frame(responseTo(2, ""))), 3)
	f.Add([]byte(frame(responseTo(2, "two"))+frame(responseTo(2, "again"))), 100)
	f.Add([]byte(frame(responseTo(1, strings.Repeat("l", pipelineAhead)))+frame(responseTo(9, ""))), 4000)
	f.Add([]byte("\x00\x00\x00\x03abc"), 7)
	f.Add([]byte("HTTP/1.1 200 OK\r\n"), 100)
	f.Add([]byte("\x15\x03\x03\x00\x02\x02\x32"), 1)
	f.Add([]byte("\xff\xff\xff\xff"), 2)
	f.Add([]byte("\x06\x40\x00\x00\x00\x00\x00\x01ten bytes."), 5)
	f.Fuzz(func(t *testing.T, says []byte, size int) {
		synctest.Test(t, func(t *testing.T) {
			s := newMemoryStream()
			p := NewPipeline(NewConn(s, Options{}), PipelineOptions{})
			var calls []<-chan result
			for range 3 {
				calls = append(calls, goRoundTrip(ctx, p, ""))
				synctest.Wait()
			}
			for rest := string(says); rest != ""; {
				n := min(max(size&0xfff, 1), len(rest))
				s.say(rest[:n])
				rest = rest[n:]
			}
			s.hangUp(io.EOF)
			for i, call := range calls {
				r := <-call
				var e *Error
				switch {
				case r.err == nil:
					if int(binary.BigEndian.Uint32(r.response)) != i+1 || !strings.Contains(string(says), frame(string(r.response))) {
						t.Fatalf("call %d got %q", i+1, r.response)
					}
				case !errors.As(r.err, &e) || e.Error() == "":
					t.Fatalf("%#v", r.err)
				}
			}
			<-p.Done()
		})
	})
}
