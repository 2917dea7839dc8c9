package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// ErrSessionEnding is returned by Session.Open when the session takes no further streams:
// its last one was closed, the bridge goes away, or it broke. A new session is needed.
var ErrSessionEnding = errors.New("the session takes no further streams")

// A Session is one end of a tunnel.
type Session struct {
	socket Socket
	writer *writer
	local  net.Addr
	accept Acceptor // nil on the client's end

	mu      sync.Mutex
	streams map[uint32]*Stream
	lastID  uint32      // of the newest stream
	ending  bool        // no further streams
	ended   *CloseError // set once, when the WebSocket is of no more use
	done    chan struct{}
}

// An Acceptor is the bridge's half of a session. Its methods are called by the goroutine that
// reads the WebSocket, and must not wait.
type Acceptor interface {
	// Auth is given the token of an AUTH message. An error, which should be a *CloseError, ends the session.
	Auth(token string) error
	// Open is given a stream that a client asked for, and sees to it that Opened or Close is called.
	Open(st *Stream, o Open)
}

// NewClient returns the client's end of a tunnel over s. The caller runs its Serve.
func NewClient(s Socket, local net.Addr) *Session { return newSession(s, local, nil) }

// NewServer returns the bridge's end of a tunnel over s. The caller runs its Serve.
func NewServer(s Socket, local net.Addr, a Acceptor) *Session { return newSession(s, local, a) }

func newSession(s Socket, local net.Addr, a Acceptor) *Session {
	session := &Session{
		socket:  s,
		local:   local,
		accept:  a,
		streams: make(map[uint32]*Stream),
		done:    make(chan struct{}),
	}
	session.writer = newWriter(s, session.Abort)
	return session
}

// Serve reads the WebSocket until it ends, and returns why.
func (s *Session) Serve() *CloseError {
	for {
		b, err := s.socket.Read()
		if err == nil {
			err = s.dispatch(b)
		}
		if err != nil {
			var ended *CloseError
			if !errors.As(err, &ended) {
				ended = &CloseError{Code: CodeMalformed, Reason: err.Error()}
			}
			s.Abort(ended)
			return s.ended
		}
	}
}

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

// Auth sends the token that the bridge may ask for. It must be sent before the first stream is
// opened, and may be sent again to renew it.
func (s *Session) Auth(token string) error {
	if len(token) > maxControl {
		return fmt.Errorf("a token of %d bytes, at most %d are possible", len(token), maxControl)
	}
	b := newBuffer(headerSize + len(token))
	b.w = len(append(appendHeader(b.data[:0], typeAuth, 0), token...))
	s.writer.send(b)
	return nil
}

// GoAway asks the client to open no further streams; those that are open go on.
func (s *Session) GoAway(reason string) {
	s.mu.Lock()
	s.ending = true
	s.mu.Unlock()
	s.control(func(b []byte) []byte {
		return append(appendHeader(b, typeGoAway, 0), truncate(reason, maxReason)...)
	})
}

// Open asks the bridge for a stream and waits until its broker is connected. Its error is of
// the shape that net.Dialer's has, or ErrSessionEnding.
func (s *Session) Open(ctx context.Context, o Open, remote net.Addr) (*Stream, error) {
	st := newStream(s, o.Window)
	st.remote = remote
	s.mu.Lock()
	if s.ending {
		ended := s.ended
		s.mu.Unlock()
		if ended == nil {
			return nil, ErrSessionEnding
		}
		return nil, fmt.Errorf("%w: %w", ErrSessionEnding, ended.dialError(o.Target, remote))
	}
	s.lastID++
	st.id = s.lastID
	s.streams[st.id] = st
	// Under the lock, for ids must go out in order.
	s.control(func(b []byte) []byte { return appendOpen(b, st.id, o) })
	s.mu.Unlock()

	if err := st.waitOpened(ctx, o.Target); err != nil {
		st.Close()
		return nil, err
	}
	return st, nil
}

// Writing reports whether messages wait for the WebSocket to take them.
func (s *Session) Writing() bool {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	return s.writer.busy
}

// Streams returns how many streams the session has.
func (s *Session) Streams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.streams)
}

// Abort ends the session at once, and every stream in it, with e.
func (s *Session) Abort(e *CloseError) {
	s.mu.Lock()
	if s.ended != nil {
		s.mu.Unlock()
		return
	}
	s.ended, s.ending = e, true
	streams := s.streams
	s.streams = nil
	s.mu.Unlock()

	s.writer.stop()
	s.socket.Close(e.Code, e.Reason)
	for _, st := range streams {
		st.end(e)
	}
	close(s.done)
}

// remove forgets a stream. The client's session ends with its last stream.
func (s *Session) remove(id uint32) {
	s.mu.Lock()
	_, had := s.streams[id]
	delete(s.streams, id)
	last := had && len(s.streams) == 0 && s.accept == nil
	if last {
		s.ending = true
	}
	s.mu.Unlock()
	if last {
		s.writer.finishAndClose()
	}
}

// control sends a message that is no DATA. It never waits.
func (s *Session) control(encode func(b []byte) []byte) {
	b := newBuffer(smallBuffer)
	b.w = len(encode(b.data[:0]))
	s.writer.send(b)
}

// dispatch acts on one message. Its error ends the session.
func (s *Session) dispatch(b *buffer) error {
	var header [headerSize]byte
	if n := b.read(header[:]); n < headerSize {
		return fmt.Errorf("a message of %d bytes, at least %d were expected", n, headerSize)
	}
	t, id := parseHeader(header)
	if t == typeData {
		return s.onData(id, b)
	}
	if b.size() > maxControl {
		return fmt.Errorf("a message of type %d with %d bytes, at most %d were expected", t, b.size(), maxControl)
	}
	payload := make([]byte, b.size())
	b.read(payload)
	b.free()
	switch {
	case t == typeCredit:
		return s.onCredit(id, payload)
	case t == typeClose:
		return s.onClose(id, payload)
	case t == typeOpened && s.accept == nil:
		return s.onOpened(id, payload)
	case t == typeGoAway && s.accept == nil:
		s.onGoAway()
		return nil
	case t == typeOpen && s.accept != nil:
		return s.onOpen(id, payload)
	case t == typeAuth && s.accept != nil:
		return s.accept.Auth(string(payload))
	}
	return fmt.Errorf("a message of type %d was not expected here", t)
}

// stream returns the stream that a message is for: nil where it was closed before the peer
// could know, an error where it never was.
func (s *Session) stream(id uint32) (*Stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == 0 || id > s.lastID {
		return nil, fmt.Errorf("a message for stream %d, which was never opened", id)
	}
	return s.streams[id], nil
}

func (s *Session) onData(id uint32, b *buffer) error {
	if b.size() > MaxData {
		return fmt.Errorf("DATA of %d bytes, at most %d were expected", b.size(), MaxData)
	}
	st, err := s.stream(id)
	if err != nil {
		return err
	}
	if st == nil {
		b.free()
		return nil
	}
	return st.receive(b)
}

func (s *Session) onCredit(id uint32, payload []byte) error {
	n, err := parseCredit(payload)
	if err != nil {
		return err
	}
	st, err := s.stream(id)
	if st == nil || err != nil {
		return err
	}
	return st.addCredit(n)
}

func (s *Session) onClose(id uint32, payload []byte) error {
	reason, err := parseClose(payload)
	if err != nil {
		return err
	}
	st, err := s.stream(id)
	if st == nil || err != nil {
		return err
	}
	st.end(reason)
	s.remove(id)
	return nil
}

func (s *Session) onOpened(id uint32, payload []byte) error {
	window, address, err := parseOpened(payload)
	if err != nil {
		return err
	}
	st, err := s.stream(id)
	if st == nil || err != nil {
		return err
	}
	return st.opened(window, address)
}

func (s *Session) onOpen(id uint32, payload []byte) error {
	o, err := parseOpen(payload)
	if err != nil {
		return err
	}
	st := newStream(s, receiveWindow)
	st.id, st.credit = id, o.Window
	s.mu.Lock()
	if id <= s.lastID {
		last := s.lastID
		s.mu.Unlock()
		return fmt.Errorf("OPEN of stream %d after stream %d, a higher one was expected", id, last)
	}
	s.lastID = id
	if s.ended != nil {
		s.mu.Unlock()
		return s.ended
	}
	s.streams[id] = st
	ending := s.ending
	s.mu.Unlock()
	if ending {
		st.CloseWith(CodeGoingAway, "the bridge is going away")
		return nil
	}
	s.accept.Open(st, o)
	return nil
}

// onGoAway ends the session when its last stream is closed, which may be now.
func (s *Session) onGoAway() {
	s.mu.Lock()
	s.ending = true
	last := len(s.streams) == 0
	s.mu.Unlock()
	if last {
		s.writer.finishAndClose()
	}
}
