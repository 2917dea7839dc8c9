package wasmhost

import (
	"errors"
	"io"
	"net"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// writeChunk bounds one write to the connection, in bytes, so that a full ring has room again before
// all its bytes are sent.
const writeChunk = maxBuffer / 4

// carry moves a connection's bytes until the guest closes the socket. err is why there is none.
func (s *socket) carry(conn net.Conn, err error) {
	if err != nil {
		s.fail(err)
	} else if s.settle(connected(conn), open, func() { s.conn, s.closer, s.direct = conn, conn, trywrite.New(conn) }) {
		s.pump(s.receive, s.send)
		return
	}
	if conn != nil {
		conn.Close()
	}
}

// pump runs receive and send, and closes what they use once send returns.
func (s *socket) pump(receive, send func()) {
	receiving := make(chan struct{})
	go func() {
		defer close(receiving)
		receive()
	}()
	send()
	s.linger.Stop() // not nil: send returns only after shut, which sets it
	s.hangUp()
	<-receiving
}

// receive moves bytes from the connection into s.in until it ends.
func (s *socket) receive() {
	for {
		space := s.awaitRoom()
		if space == nil {
			return
		}
		n, err := s.conn.Read(space)
		if !s.received(n, err) {
			return
		}
	}
}

// awaitRoom waits for room in s.in and returns it, or nil if the socket is closed.
func (s *socket) awaitRoom() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.in.full() && !s.closed {
		s.changed.Wait()
	}
	if s.closed {
		return nil
	}
	return s.in.space()
}

// received records the outcome of a read, and reports whether more may come.
func (s *socket) received(n int, err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.readable() {
		defer s.network.notify()
	}
	s.in.commit(n)
	switch {
	case errors.Is(err, io.EOF):
		s.eof = true
	case err != nil:
		s.readFailure = failure(err).encode()
	}
	return err == nil
}

// send moves bytes from s.out to the connection. It returns after the socket is closed, once s.out is
// empty or a write has failed.
func (s *socket) send() {
	for {
		chunk := s.awaitBytes()
		switch {
		case chunk == nil:
			return
		case len(chunk) == 0:
			s.sent(0, s.conn.(halfCloser).CloseWrite())
		default:
			s.sent(s.conn.Write(chunk))
		}
	}
}

// awaitBytes waits for bytes to send and returns them, or nil if the socket is closed and none are left
// to send. It returns an empty slice once if the guest writes no more and all is sent.
func (s *socket) awaitBytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closed && (s.out.length == 0 || s.writeFailure != nil) {
		if s.ended && !s.halved && s.writeFailure == nil {
			s.halved = true
			return []byte{}
		}
		s.changed.Wait()
	}
	if s.out.length == 0 || s.writeFailure != nil {
		return nil
	}
	chunk := s.out.peek()
	return chunk[:min(len(chunk), writeChunk)]
}

// sent records the outcome of a write.
func (s *socket) sent(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.writable() {
		defer s.network.notify()
	}
	s.out.consume(n)
	if err != nil {
		s.writeFailure = failure(err).encode()
	}
}
