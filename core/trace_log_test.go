package core

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// aLife calls a Trace for the events of a connection's life.
func aLife(trace *Trace) {
	trace.Resolved("broker", []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fd00::1")}, 1234567*time.Nanosecond, nil)
	trace.Connected("10.0.0.1:9092", 3*time.Millisecond, nil)
	trace.Secured(12*time.Millisecond, nil)
	s := NewScanner(trace)
	s.Sent([]byte(aRequest(3, 12, 7, "topics")))
	time.Sleep(1500 * time.Microsecond)
	response := []byte(aResponse(7, "metadata of a topic"))
	s.Received(response[:6])
	s.Received(response[6:])
	s.Sent([]byte(aRequest(17, 0, 8, "\x00\x05PLAIN")))
	s.Received([]byte(aResponse(8, "mechanisms")))
	s.Sent([]byte(frame("\x00user\x00" + secret)))
	s.Received([]byte(frame("")))
	s.Sent([]byte(aRequest(36, 2, 9, secret)))
	s.Received([]byte(aResponse(9, secret)))
	s.Received([]byte(aResponse(10, "what?")))
	s.Sent([]byte(aRequest(2, 0, 11, "")))
	s.Received([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	trace.Closed(&Error{Code: ErrCannotReceive, Op: "receive", Addr: "broker:9092", Err: io.ErrUnexpectedEOF})
}

const lifeAtLevel1 = `
kafkaio: broker:9092: broker has 10.0.0.1, fd00::1, after 1.23ms
kafkaio: broker:9092: connected to 10.0.0.1:9092 after 3ms
kafkaio: broker:9092: secured after 12ms
kafkaio: broker:9092: sent Metadata (3) v12, id 7, 23 bytes
kafkaio: broker:9092: received Metadata (3) v12, id 7, 27 bytes, after 1.5ms
kafkaio: broker:9092: sent SaslHandshake (17) v0, id 8, 24 bytes
kafkaio: broker:9092: received SaslHandshake (17) v0, id 8, 18 bytes
kafkaio: broker:9092: sent a possible SASL token, 26 bytes
kafkaio: broker:9092: received a possible SASL token, 4 bytes
kafkaio: broker:9092: sent a possible SASL token, 33 bytes
kafkaio: broker:9092: received SaslAuthenticate (36) v2, id 9, 24 bytes
kafkaio: broker:9092: received a response to an unknown request, id 10, 13 bytes
kafkaio: broker:9092: sent ListOffsets (2) v0, id 11, 17 bytes
kafkaio: broker:9092: no more frames can be seen: this is an HTTP server, not a Kafka broker: its answer starts with "HTTP"
kafkaio: broker:9092: closed: receive from broker:9092: unexpected EOF
`

const lifeAtLevel2 = `
kafkaio: broker:9092: broker has 10.0.0.1, fd00::1, after 1.23ms
kafkaio: broker:9092: connected to 10.0.0.1:9092 after 3ms
kafkaio: broker:9092: secured after 12ms
kafkaio: broker:9092: sent Metadata (3) v12, id 7, 23 bytes
broker:9092: > 00000000  00 00 00 13 00 03 00 0c  00 00 00 07 00 03 61 70  |..............ap|
broker:9092: > 00000010  70 74 6f 70 69 63 73                              |ptopics|
kafkaio: broker:9092: received Metadata (3) v12, id 7, 27 bytes, after 1.5ms
broker:9092: < 00000000  00 00 00 17 00 00                                 |......|
broker:9092: < 00000006  00 07 6d 65 74 61 64 61  74 61 20 6f 66 20 61 20  |..metadata of a |
broker:9092: < 00000016  74 6f 70 69 63                                    |topic|
kafkaio: broker:9092: sent SaslHandshake (17) v0, id 8, 24 bytes
broker:9092: > 00000000  00 00 00 14 00 11 00 00  00 00 00 08 00 03 61 70  |..............ap|
broker:9092: > 00000010  70 00 05 50 4c 41 49 4e                           |p..PLAIN|
kafkaio: broker:9092: received SaslHandshake (17) v0, id 8, 18 bytes, not shown
kafkaio: broker:9092: sent a possible SASL token, 26 bytes, not shown
kafkaio: broker:9092: received a possible SASL token, 4 bytes, not shown
kafkaio: broker:9092: sent a possible SASL token, 33 bytes, not shown
kafkaio: broker:9092: received SaslAuthenticate (36) v2, id 9, 24 bytes, not shown
kafkaio: broker:9092: received a response to an unknown request, id 10, 13 bytes, not shown
kafkaio: broker:9092: sent ListOffsets (2) v0, id 11, 17 bytes
broker:9092: > 00000000  00 00 00 0d 00 02 00 00  00 00 00 0b 00 03 61 70  |..............ap|
broker:9092: > 00000010  70                                                |p|
kafkaio: broker:9092: no more frames can be seen: this is an HTTP server, not a Kafka broker: its answer starts with "HTTP"
kafkaio: broker:9092: closed: receive from broker:9092: unexpected EOF
`

var stamp = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} `)

func TestDebugTraceLogs(t *testing.T) {
	for level, want := range []string{1: lifeAtLevel1, 2: lifeAtLevel2} {
		if want == "" {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			aLife(NewDebugTrace(&log, "broker:9092", level))
			if got, want := stamp.ReplaceAllString(log.String(), ""), want[1:]; got != want {
				t.Errorf("level %d: got\n%s\nwant\n%s", level, got, want)
			}
			stamps, lines := len(stamp.FindAllString(log.String(), -1)), strings.Count(want, "\nkafkaio: ")
			if stamps != lines {
				t.Errorf("level %d: %d of %d lines start with a time", level, stamps, lines)
			}
		})
	}
}

func TestDebugTraceLogsFailures(t *testing.T) {
	var log bytes.Buffer
	trace := NewDebugTrace(&log, "", 1)
	trace.Resolved("broker", nil, 1500*time.Millisecond, errors.New("no such host"))
	trace.Connected("broker:9092", time.Second, errors.New("refused"))
	trace.Secured(time.Second, errors.New("certificate of\nsomebody else\x1b[2J"))
	trace.Closed(nil)
	want := `
kafkaio: broker has no address, after 1.5s: no such host
kafkaio: not connected to broker:9092 after 1s: refused
kafkaio: not secured after 1s: certificate of somebody else [2J
kafkaio: closed
`
	if got := "\n" + stamp.ReplaceAllString(log.String(), ""); got != want {
		t.Errorf("got%swant%s", got, want)
	}
}

func TestDebugTraceBelowLevel1IsNone(t *testing.T) {
	for _, level := range []int{0, -1} {
		if NewDebugTrace(io.Discard, "", level) != nil {
			t.Errorf("there is a Trace at level %d", level)
		}
	}
}

// A wholeLines counts writes, and refuses those that aren't whole lines.
type wholeLines struct {
	writes int
	t      *testing.T
}

func (w *wholeLines) Write(p []byte) (int, error) {
	w.writes++
	if !bytes.HasSuffix(p, []byte("\n")) {
		w.t.Errorf("write of %q", p)
	}
	return len(p), nil
}

func TestDebugTraceWritesWholeLines(t *testing.T) {
	w := &wholeLines{t: t}
	trace := NewDebugTrace(w, "", 2)
	trace.Frame(FrameInfo{Out: true, Size: 100})
	trace.Bytes(true, make([]byte, 100))
	if w.writes != 2 {
		t.Errorf("%d writes for two events", w.writes)
	}
	trace.Bytes(true, make([]byte, 1<<20)) // as much as is dumped in several
}

// The dump of a whole frame is the same as that of "hexdump -C" and of package hex.
func TestDumpIsTheClassicForm(t *testing.T) {
	p := make([]byte, 1000)
	for i := range p {
		p[i] = byte(i * 7)
	}
	for n := range len(p) {
		var got []byte
		for offset := 0; offset < n; offset += dumpRow {
			got = appendDumpRow(got, offset, p[offset:min(offset+dumpRow, n)])
		}
		if want := hex.Dump(p[:n]); string(got) != want {
			t.Fatalf("%d bytes: got\n%s\nwant\n%s", n, got, want)
		}
	}
}
