//go:build !js

package tunnel

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// overTCP returns both ends of a session over a real WebSocket, whose bridge has limit bytes.
func overTCP(t *testing.T, limit int64) *ends {
	t.Helper()
	e := &ends{acceptAll: acceptAll{streams: make(chan *Stream, 64), opens: make(chan Open, 64)}}
	sessions, served := make(chan *Session, 1), make(chan struct{}, 2)
	serve := func(s *Session) {
		s.Serve()
		served <- struct{}{}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := Accept(w, r, Subprotocol)
		if err != nil {
			t.Error(err)
			return
		}
		s := NewServer(socket, NamedAddr("server"), e, NewMemory(limit))
		sessions <- s
		go serve(s)
	}))
	socket, _, err := Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), new(net.Dialer).DialContext, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.client, e.server = NewClient(socket, "bridge", NamedAddr("client")), <-sessions
	go serve(e.client)
	t.Cleanup(func() {
		e.client.Abort(&CloseError{Code: CodeNormal})
		<-served
		<-served
		server.Close()
	})
	return e
}

// fill takes of the session's share what there is to be had.
func fill(t *testing.T, s *Session) {
	t.Helper()
	n := 0
	for s.share.take(smallBuffer) {
		n += smallBuffer
	}
	t.Cleanup(func() { s.share.give(n) })
}

// toBroker returns both ends of a connection whose kernel takes bytes without waiting.
func toBroker(t *testing.T) (near, far net.Conn) {
	t.Helper()
	accepted := make(chan net.Conn)
	near, err := net.Dial("tcp", testnet.Serve(t, func(c net.Conn) {
		accepted <- c
		<-accepted
	}))
	if err != nil {
		t.Fatal(err)
	}
	far = <-accepted
	t.Cleanup(func() {
		near.Close()
		close(accepted)
	})
	return near, far
}

// TestLongTokenIsReadWithoutMemory has a session at its limit renew its token.
func TestLongTokenIsReadWithoutMemory(t *testing.T) {
	e := overTCP(t, 16<<20)
	client, server := e.open(t, 1<<20)
	fill(t, e.server)
	if err := e.client.Auth(strings.Repeat("t", maxControl)); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, server, []byte("alive"))
	client.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.ReadFull(client, make([]byte, 5)); err != nil {
		t.Error(err)
	}
}

// TestMessagesWithoutMemoryComeInPieces has messages of all sizes around those of buffers.
func TestMessagesWithoutMemoryComeInPieces(t *testing.T) {
	for _, limit := range []int64{1000, 300 << 10} {
		e := overTCP(t, limit)
		client, server := e.open(t, 1<<20)
		near, far := toBroker(t)
		server.Forward(near)
		random := rand.NewChaCha8([32]byte{1})
		for _, n := range []int{1, 0, smallData - 1, smallData, smallData + 1, smallBuffer, 3 * smallBuffer, writeData, 64 << 10, MaxData - 1, MaxData, 10} {
			want := make([]byte, n)
			random.Read(want)
			sent := make(chan struct{})
			go func() {
				defer close(sent)
				client.Write(want)
			}()
			got := make([]byte, n)
			far.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := io.ReadFull(far, got); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d bytes of memory, a message of %d: %v", limit, n, err)
			}
			<-sent
		}
		server.Close()
	}
}

// TestNothingIsWrittenBehindAGap has a broker take a part of a message, for whose rest there is no memory.
func TestNothingIsWrittenBehindAGap(t *testing.T) {
	e := newEnds(t)
	_, server := e.open(t, 1<<20)
	e.server.share.memory = NewMemory(0)
	near, far := toBroker(t)
	server.Forward(near)
	server.mu.Lock() // nobody closes it in between
	deliver := func(fill byte) {
		b := newBuffer(largeBuffer)
		b.append(bytes.Repeat([]byte{fill}, largeBuffer))
		server.forwardLocked(b)
	}
	for range 64 {
		deliver(1)
	}
	io.CopyN(io.Discard, far, 1<<20) // now there is room again
	deliver(2)
	server.mu.Unlock()
	near.Close()
	rest, err := io.ReadAll(far)
	if bytes.IndexByte(rest, 2) >= 0 || err != nil {
		t.Errorf("bytes were written behind those that were dropped (%v)", err)
	}
}
