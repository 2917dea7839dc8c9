package tunnel

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// acceptAll is a bridge whose broker is the test: it opens every stream and hands it over.
type acceptAll struct {
	streams chan *Stream
	opens   chan Open
}

func (a *acceptAll) Auth(token string) error {
	if token == "wrong" {
		return &CloseError{Code: CodeUnauthorized, Reason: "token: it is wrong"}
	}
	return nil
}

func (a *acceptAll) Open(st *Stream, o Open) {
	a.opens <- o
	st.ConfirmOpen(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 9092})
	a.streams <- st
}

// ends are two sessions that talk to each other.
type ends struct {
	client, server         *Session
	clientPipe, serverPipe *pipeSocket
	acceptAll
}

func newEnds(t *testing.T) *ends {
	t.Helper()
	e := &ends{acceptAll: acceptAll{streams: make(chan *Stream, 64), opens: make(chan Open, 64)}}
	e.clientPipe, e.serverPipe = newPipe()
	e.client = NewClient(e.clientPipe, "bridge", NamedAddr("client"))
	e.server = NewServer(e.serverPipe, NamedAddr("server"), e, nil)
	served := make(chan struct{}, 2)
	for _, s := range []*Session{e.client, e.server} {
		go func() {
			s.Serve()
			served <- struct{}{}
		}()
	}
	t.Cleanup(func() {
		e.client.Abort(&CloseError{Code: CodeNormal})
		<-served
		<-served
	})
	return e
}

// open returns both ends of a new stream.
func (e *ends) open(t *testing.T, window int) (client, server *Stream) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	st, err := e.client.Open(ctx, Open{Window: window, Target: "broker:9092"}, NamedAddr("broker:9092"), 0)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return st, <-e.streams
}

func mustWrite(t *testing.T, w io.Writer, p []byte) {
	t.Helper()
	if n, err := w.Write(p); n != len(p) || err != nil {
		t.Fatalf("wrote %d of %d bytes: %v", n, len(p), err)
	}
}
