package tunnel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/core"
)

func TestOpenSurvivesTheWire(t *testing.T) {
	want := Open{Window: 123456, IPVersion: 6, ResolveTimeout: 1500 * time.Millisecond, ConnectTimeout: time.Minute, Target: "[2001:db8::1]:9092"}
	got, err := parseOpen(appendOpen(nil, 7, want)[headerSize:])
	if err != nil || got != want {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestTimeoutsNeverRoundToNone(t *testing.T) {
	for d, want := range map[time.Duration]uint32{0: 0, 1: 1, time.Millisecond: 1, time.Millisecond + 1: 2, 1 << 62: 1<<32 - 1} {
		if got := milliseconds(d); got != want {
			t.Errorf("%v becomes %d ms, %d were expected", d, got, want)
		}
	}
}

func TestReasonsAreCutBetweenCharacters(t *testing.T) {
	if got := text(strings.Repeat("ü", 10), 5); got != "üü" {
		t.Errorf("got %q", got)
	}
}

// Each of these ends the session of the side that gets it with CodeMalformed.
func TestMessagesThatMakeNoSenseEndTheSession(t *testing.T) {
	message := func(kind messageType, stream uint32, payload ...byte) []byte {
		return append(appendHeader(nil, kind, stream), payload...)
	}
	open := func(id uint32) []byte { return appendOpen(nil, id, Open{Window: 100}) }
	for name, messages := range map[string][][]byte{
		"to client: too short":                  {{1, 0}},
		"to client: unknown type":               {message(99, 1)},
		"to client: OPEN":                       {open(1)},
		"to client: AUTH with a long reason":    {message(typeAuth, 0, make([]byte, 2000)...)},
		"to client: AUTH that is no text":       {message(typeAuth, 0, 0xff)},
		"to client: GOAWAY that is no text":     {message(typeGoAway, 0, 0xff)},
		"to client: DATA for no stream":         {message(typeData, 2, 'x')},
		"to client: DATA beyond credit":         {message(typeData, 1, make([]byte, 101)...)},
		"to client: OPENED twice":               {appendOpened(nil, 1, 1, "x")},
		"to client: OPENED without window":      {message(typeOpened, 1)},
		"to client: CREDIT of three bytes":      {message(typeCredit, 1, 1, 2, 3)},
		"to client: CREDIT over the limit":      {appendCredit(nil, 1, 1<<31)},
		"to client: CREDIT over it in all":      {appendCredit(nil, 1, 1<<31-1)}, // beside the window
		"to client: CLOSE without code":         {message(typeClose, 1, 1)},
		"to client: CLOSE with a long reason":   {message(typeClose, 1, make([]byte, 2000)...)},
		"to client: GOAWAY of 20 KiB":           {message(typeGoAway, 0, make([]byte, 20<<10)...)},
		"to server: OPENED":                     {appendOpened(nil, 1, 1, "x")},
		"to server: GOAWAY":                     {message(typeGoAway, 0)},
		"to server: OPEN of stream 0":           {open(0)},
		"to server: OPEN of an old id":          {open(1)},
		"to server: OPEN that is short":         {message(typeOpen, 9, 1, 2, 3)},
		"to server: OPEN with IP version 5":     {appendOpen(nil, 9, Open{IPVersion: 5})},
		"to server: OPEN with a long target":    {appendOpen(nil, 9, Open{Target: strings.Repeat("x", 300)})},
		"to server: OPEN with a bad target":     {appendOpen(nil, 9, Open{Target: "\xff"})},
		"to server: OPEN with a window of 3 GB": {appendOpen(nil, 9, Open{Window: 3 << 30})},
		"to server: DATA beyond credit":         {message(typeData, 1, make([]byte, 200<<10)...), message(typeData, 1, make([]byte, 100<<10)...)},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnds(t)
			e.open(t, 100)
			to, session := e.serverPipe, e.client
			if strings.HasPrefix(name, "to server") {
				to, session = e.clientPipe, e.server
			}
			for _, m := range messages {
				if err := to.Write(newMessage(m)); err != nil {
					t.Fatal(err)
				}
			}
			<-session.Done()
			if session.ended.Code != CodeMalformed || session.ended.Reason == "" {
				t.Errorf("the session ended with %+v", session.ended)
			}
		})
	}
}

func TestMessagesForAClosedStreamAreIgnored(t *testing.T) {
	e := newEnds(t)
	keep, keepServer := e.open(t, 100)
	client, _ := e.open(t, 100)
	client.Close()
	for _, m := range [][]byte{
		append(appendHeader(nil, typeData, client.id), "late"...),
		appendCredit(nil, client.id, 5),
		appendOpened(nil, client.id, 5, "x"),
		appendClose(nil, client.id, CodeNormal, ""),
	} {
		if err := e.serverPipe.Write(newMessage(m)); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, keepServer, []byte("alive"))
	if _, err := io.ReadFull(keep, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
}

func TestWrongTokenEndsTheSession(t *testing.T) {
	e := newEnds(t)
	if err := e.client.Auth("right"); err != nil {
		t.Fatal(err)
	}
	if err := e.client.Auth("wrong"); err != nil {
		t.Fatal(err)
	}
	<-e.client.Done()
	if e.client.ended.Code != CodeUnauthorized {
		t.Errorf("ended with %+v", e.client.ended)
	}
	if err := e.client.Auth(strings.Repeat("x", maxControl+1)); err == nil {
		t.Error("a token over the limit was taken")
	}
}

func TestManyRequestsThatAreNeverReadEndTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnds(t)
		e.open(t, 100)
		e.serverPipe.hold(true)
		for range controlQueue/1000 + pipeMessages + 10 {
			e.client.control(append(appendHeader(nil, typeAuth, 0), make([]byte, 1000)...))
		}
		<-e.client.Done()
		e.serverPipe.hold(false)
	})
}

func TestCodesBecomeTheErrorsOfTheContract(t *testing.T) {
	local, remote := NamedAddr("here"), NamedAddr("broker:9092")
	for _, row := range []struct {
		close  CloseError
		before error // reachable from the dial's error
		after  error // reachable from a read's
	}{
		{CloseError{Code: CodeNormal, Reason: ""}, nil, io.EOF},
		{CloseError{Code: CodeGoingAway, Reason: ""}, nil, syscall.ECONNRESET},
		{CloseError{Code: CodeAbnormal, Reason: ""}, nil, syscall.ECONNRESET},
		{CloseError{Code: CodeMalformed, Reason: ""}, nil, core.ErrCannotSend},
		{CloseError{Code: CodeUnauthorized, Reason: ""}, nil, syscall.ECONNRESET},
		{CloseError{Code: CodeDenied, Reason: "denied: x"}, fs.ErrPermission, core.ErrCannotSend},
		{CloseError{Code: CodeIdle, Reason: ""}, nil, io.ErrUnexpectedEOF},
		{CloseError{Code: CodeTooLarge, Reason: ""}, nil, core.ErrCannotSend},
		{CloseError{Code: CodeIPVersion, Reason: ""}, core.ErrIncompatibleIPVersion, nil},
		{CloseError{Code: CodeUnreachable, Reason: "refused: x"}, syscall.ECONNREFUSED, nil},
		{CloseError{Code: CodeUnreachable, Reason: "unreachable: x"}, syscall.EHOSTUNREACH, nil},
		{CloseError{Code: CodeReset, Reason: ""}, nil, syscall.ECONNRESET},
		{CloseError{Code: CodeTimeout, Reason: ""}, os.ErrDeadlineExceeded, nil},
		{CloseError{Code: 4999, Reason: ""}, nil, syscall.ECONNRESET},
	} {
		t.Run(fmt.Sprint(row.close.Code, row.close.Reason), func(t *testing.T) {
			dial := row.close.dialError("broker", remote)
			var op *net.OpError
			if !errors.As(dial, &op) || op.Op != "dial" || op.Timeout() != (row.close.Code == CodeTimeout) {
				t.Errorf("dial: %#v", dial)
			}
			if row.before != nil && !errors.Is(dial, row.before) {
				t.Errorf("dial: %v is not %v", dial, row.before)
			}
			if read := row.close.streamError("read", local, remote); row.after != nil && !errors.Is(read, row.after) {
				t.Errorf("read: %v is not %v", read, row.after)
			}
			if write := row.close.streamError("write", local, remote); write == io.EOF || write.Error() == "" {
				t.Errorf("write: %v", write)
			}
		})
	}
	var dns *net.DNSError
	err := (&CloseError{Code: CodeUnreachable, Reason: "nxdomain: x"}).dialError("broker", remote)
	if !errors.As(err, &dns) || !dns.IsNotFound || dns.Name != "broker" {
		t.Errorf("no such name: %v", err)
	}
}

// FuzzMessages feeds both ends what a peer might send: any sequence of messages, cut from data
// by two-byte lengths. Nothing may panic, and each end goes on or ends.
func FuzzMessages(f *testing.F) {
	frame := func(messages ...[]byte) (all []byte) {
		for _, m := range messages {
			all = append(binary.BigEndian.AppendUint16(all, uint16(len(m))), m...)
		}
		return all
	}
	f.Add(true, frame(appendOpen(nil, 5, Open{Window: 10, Target: "a:1"}), append(appendHeader(nil, typeData, 5), "hello"...), appendCredit(nil, 5, 10), appendClose(nil, 5, CodeNormal, "bye")))
	f.Add(false, frame(append(appendHeader(nil, typeData, 1), "hello"...), appendCredit(nil, 1, 10), append(appendHeader(nil, typeGoAway, 0), "bye"...), appendClose(nil, 1, CodeReset, "reset: x"), append(appendHeader(nil, typeAuth, 0), "token: x"...)))
	f.Add(true, frame([]byte{}, []byte{6, 0, 0, 0, 0}))
	f.Fuzz(func(t *testing.T, toServer bool, data []byte) {
		e := newEnds(t)
		e.streams, e.opens = make(chan *Stream, 1<<16), make(chan Open, 1<<16)
		e.open(t, 1000)
		to, session := e.serverPipe, e.client
		if toServer {
			to, session = e.clientPipe, e.server
		}
		for len(data) >= 2 {
			n := min(int(binary.BigEndian.Uint16(data)), len(data)-2)
			if to.Write(newMessage(data[2:2+n])) != nil {
				break
			}
			data = data[2+n:]
		}
		to.Close(CodeNormal, "")
		<-session.Done()
		if bytes.Contains([]byte(session.ended.Error()), []byte("panic")) {
			t.Fatal(session.ended)
		}
	})
}
