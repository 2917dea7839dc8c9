package peer

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
	"github.com/kafkaio/kafkaio/internal/test/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func listen(t *testing.T, hooks map[string]func()) *Server {
	s, err := Listen(hooks)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func dial(t *testing.T, s *Server, line string) *net.TCPConn {
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, line); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

func wantAnswer(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got, err := io.ReadAll(c)
	if err != nil || string(got) != want {
		t.Errorf("the peer answered %.80q, %v, want %.80q", got, err, want)
	}
}

func TestStepsAreTakenInOrderAndThenThePeerCloses(t *testing.T) {
	s := listen(t, nil)
	wantAnswer(t, dial(t, s, "send 4; hex 00ff; send 200000\n"),
		string(pattern.At(0, 4))+"\x00\xff"+string(pattern.At(4, 200000)))
}

func TestWhatIsNoScriptIsClosed(t *testing.T) {
	s := listen(t, nil)
	for _, line := range []string{"\x00\x00\x00\x10", "\r\n"} {
		c := dial(t, s, line)
		if got, err := io.ReadAll(c); len(got) > 0 {
			t.Errorf("%q was answered %q, %v", line, got, err)
		}
	}
	wantAnswer(t, dial(t, s, "dance 3\n"), "no such step: \"dance 3\"\n")
	wantAnswer(t, dial(t, s, "send\n"), "no such step: \"send\"\n")
}

func TestRequestsAreTakenInANumberAboveZero(t *testing.T) {
	s := listen(t, nil)
	for _, step := range []string{"respond 0", "respond -1", "take 0", "take -1", "take many"} {
		wantAnswer(t, dial(t, s, step+"; send 4\n"), "")
	}
	const request = "\x00\x00\x00\x08\x00\x12\x00\x00\x00\x00\x00\x07"
	wantAnswer(t, dial(t, s, "take 2; send 4\n"+request+request), string(pattern.At(0, 4)))
}

func TestEchoAndDripSendBackWhatCame(t *testing.T) {
	s := listen(t, nil)
	for _, step := range []string{"echo", "drip"} {
		c := dial(t, s, step+"\nover and over")
		c.CloseWrite()
		wantAnswer(t, c, "over and over")
	}
}

func TestResetIsSeenAsOne(t *testing.T) {
	c := dial(t, listen(t, nil), "reset\n")
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read %v, want %v", err, syscall.ECONNRESET)
	}
}

func TestReportCountsAndChecksWhatCame(t *testing.T) {
	s := listen(t, nil)
	c := dial(t, s, "name right; duplex 100000\n"+string(pattern.At(0, 100000)))
	wantAnswer(t, c, string(pattern.At(0, 100000)))
	wantAnswer(t, dial(t, s, "report right\n"), "100000 100000 true\n")

	dial(t, s, "name wrong; sink\n"+string(pattern.At(0, 10))+"?").CloseWrite()
	wantAnswer(t, dial(t, s, "report wrong\n"), "0 10 false\n")
}

func TestFloodStopsWhenNobodyReads(t *testing.T) {
	s := listen(t, nil)
	c := dial(t, s, "name it; flood; hold\n")
	answer, err := io.ReadAll(dial(t, s, "report it\n"))
	if err != nil {
		t.Fatal(err)
	}
	var sent, received int
	var intact bool
	if _, err := fmt.Sscan(string(answer), &sent, &received, &intact); err != nil || sent == 0 {
		t.Fatalf("the report is %q, %v", answer, err)
	}
	got := make([]byte, sent)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != string(pattern.At(0, sent)) {
		t.Errorf("of %d bytes sent, not all came: %v", sent, err)
	}
}

func TestGateHoldsAScriptBack(t *testing.T) {
	s := listen(t, nil)
	c := dial(t, s, "wait g; send 4\n")
	wantAnswer(t, dial(t, s, "open g\n"), "")
	wantAnswer(t, c, string(pattern.At(0, 4)))
}

func TestSpliceDeliversAllAndThenTheEnd(t *testing.T) {
	s := listen(t, nil)
	a, b := dial(t, s, "splice p\n"), dial(t, s, "splice p\n")
	io.WriteString(a, "to b")
	io.WriteString(b, "to a")
	a.CloseWrite()
	b.CloseWrite()
	wantAnswer(t, a, "to a")
	wantAnswer(t, b, "to b")
}

func TestAPipeIsServedAsAConnectionIs(t *testing.T) {
	s := listen(t, nil)
	pipe := func(line string) net.Conn {
		c, served := net.Pipe()
		s.Serve(served)
		io.WriteString(c, line)
		t.Cleanup(func() { c.Close() })
		return c
	}
	wantAnswer(t, pipe("send 200000\n"), string(pattern.At(0, 200000)))
	wantAnswer(t, pipe("reset\n"), "")
	a, b := pipe("splice p\n"), pipe("splice p\n")
	go func() {
		io.WriteString(a, "to b")
		a.Close()
	}()
	wantAnswer(t, b, "to b")
}

func TestShutdownWaitsForClients(t *testing.T) {
	s, err := Listen(nil)
	if err != nil {
		t.Fatal(err)
	}
	held, echoed := dial(t, s, "hold\n"), dial(t, s, "send 1; echo\n")
	echoed.Read(make([]byte, 1))
	down := make(chan error, 1)
	go func() { down <- s.Shutdown() }()
	wantAnswer(t, held, "")
	select {
	case <-down:
		t.Error("it is down while a client is connected")
	default:
	}
	io.WriteString(echoed, "still there")
	echoed.CloseWrite()
	wantAnswer(t, echoed, "still there")
	if err := <-down; err != nil {
		t.Error(err)
	}
}

func TestHooksAreCalled(t *testing.T) {
	called := make(chan struct{}, 1)
	s := listen(t, map[string]func(){"ring": func() { called <- struct{}{} }})
	wantAnswer(t, dial(t, s, "do ring\n"), "")
	select {
	case <-called:
	default:
		t.Error("the script ended and the hook was not called")
	}
}
