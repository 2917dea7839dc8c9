package tunnel

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"runtime"
	"sync"
	"time"
)

// ErrSessionEnding says that Session.Open needs a new session: this one was idle, broke, or its bridge
// goes away.
var ErrSessionEnding = errors.New("the session takes no further streams")

// ErrNoAnswer says that nothing at all came from the bridge while Session.Open waited. It has ended
// the session.
var ErrNoAnswer = errors.New("no answer")

// linger is how long a client keeps a session without a stream, so that the next dial needs no
// handshake. The bridge waits longer before it closes one.
const linger = 5 * time.Second

// A Session is one end of a tunnel.
type Session struct {
	socket   Socket
	writer   *writer
	share    share
	liveness liveness
	name     string // of the bridge, in errors; empty on its own end
	local    net.Addr
	accept   Acceptor             // nil on the client's end
	renew    func(refusal string) // see OnRenew

	mu      sync.Mutex
	streams map[uint32]*Stream
	lastID  uint32      // of the newest stream
	skipped gaps        // ids below lastID that were never opened
	ending  bool        // no further streams
	leaving *CloseError // what a bridge that takes none answers an OPEN with
	isAway  bool        // the client's bridge has sent GOAWAY
	ended   *CloseError // set once, when the WebSocket is of no more use
	done    chan struct{}
	idle    *time.Timer // ends a client's session that has no stream
	unused  int         // looks at which the bridge's end had no stream
	asked   unanswered  // the client's OPEN that waits longest
}

// An Acceptor is the bridge's half of a session. The goroutine that reads the WebSocket calls its
// methods, which must not wait.
type Acceptor interface {
	// Auth takes the token of an AUTH message. An error, which should be a *CloseError, ends the session.
	// Whether the token is good may turn out later: Abort ends the session then.
	Auth(token string) error
	// Open takes a stream that a client asked for. ConfirmOpen or Close must follow.
	Open(st *Stream, o Open)
}

// NewClient returns the client's end of a tunnel over s. Errors call the bridge name. A session whose
// bridge asks for a new token takes no further streams, unless OnRenew is used. The caller runs Serve.
func NewClient(s Socket, name string, local net.Addr) *Session {
	session := newSession(s, local, nil, nil)
	session.name = name
	session.renew = func(string) { session.Retire() }
	return session
}

// NewServer returns the bridge's end of a tunnel over s, which takes its memory from m. The caller runs
// Serve.
func NewServer(s Socket, local net.Addr, a Acceptor, m *Memory) *Session {
	return newSession(s, local, a, m)
}

func newSession(socket Socket, local net.Addr, a Acceptor, m *Memory) *Session {
	s := &Session{
		socket:  socket,
		share:   share{memory: m},
		local:   local,
		accept:  a,
		streams: make(map[uint32]*Stream),
		done:    make(chan struct{}),
	}
	s.writer = newWriter(socket, &s.share, s.Abort)
	s.liveness = liveness{socket: socket, writer: s.writer, writing: s.writer.writing, expects: s.expects, end: s.Abort, turn: s.endIfUnused}
	return s
}

// Serve reads the WebSocket until it ends, and returns why.
func (s *Session) Serve() *CloseError {
	s.liveness.start()
	defer s.liveness.stop()
	if s.accept == nil {
		s.mu.Lock()
		s.restLocked()
		s.mu.Unlock()
	}
	for {
		// Let the goroutine run that the last message woke. Reading now is mostly a system call that
		// finds nothing, and another thread that wakes to run that goroutine.
		runtime.Gosched()
		b, err := s.socket.Read(&s.share)
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

// expects reports whether silence means that the peer is gone. A client always answers pings. A
// client's own end expects something only while it has streams.
func (s *Session) expects() bool { return s.accept != nil || s.Streams() > 0 }

// unusedTurns is how long a bridge keeps a session without a stream.
const unusedTurns = 2

// endIfUnused ends the bridge's end of a session that has had no stream for that long.
func (s *Session) endIfUnused() {
	if !linksBridge || s.accept == nil {
		return
	}
	s.mu.Lock()
	s.unused++
	if len(s.streams) > 0 {
		s.unused = 0
	}
	end := s.unused > unusedTurns
	s.mu.Unlock()
	if end {
		s.Abort(&CloseError{Code: CodeIdle, Reason: "idle: the session has no stream"})
	}
}

// restLocked starts the timer that ends a client's session without streams.
func (s *Session) restLocked() {
	if s.accept != nil || s.ending || len(s.streams) > 0 {
		return
	}
	if s.idle == nil {
		s.idle = time.AfterFunc(linger, s.Retire)
	} else {
		s.idle.Reset(linger)
	}
}

// Retire makes the client's session take no further streams, and end with its last.
func (s *Session) Retire() {
	s.mu.Lock()
	s.ending = true
	last := len(s.streams) == 0
	s.mu.Unlock()
	if last {
		s.writer.finishAndClose(&finished)
	}
}

// finished is how a session ends that is needed no longer.
var finished = CloseError{Code: CodeNormal}

// Finish ends the session with e once what is queued was written. It doesn't wait for that.
func (s *Session) Finish(e *CloseError) {
	e = s.leave(e)
	s.writer.finishAndClose(e)
}

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

// Auth sends the token that the bridge may ask for. It must be sent before the first stream is
// opened, and may be sent again to renew it.
func (s *Session) Auth(token string) error {
	if len(token) > maxControl {
		return fmt.Errorf("a token of %d bytes, at most %d are possible", len(token), maxControl)
	}
	s.control(append(appendHeader(nil, typeAuth, 0), token...))
	return nil
}

// OnRenew has f called whenever the bridge asks for a new token, with "", and whenever it refuses a renewed
// one, with the reason. The goroutine that reads the WebSocket calls f, which must not wait. OnRenew must be
// called before Serve.
func (s *Session) OnRenew(f func(refusal string)) { s.renew = f }

// AskToken asks the client to send a new token (bridge only).
func (s *Session) AskToken() { s.control(appendHeader(nil, typeAuth, 0)) }

// RefuseToken tells the client that its new token is of no use, and that the session keeps the one before
// (bridge only).
func (s *Session) RefuseToken(e *CloseError) {
	s.control(append(appendHeader(nil, typeAuth, 0), text(e.Reason, maxReason)...))
}

// GoAway asks the client to open no further streams; those that are open go on. Streams that the client
// opens before it knows are closed with e.
func (s *Session) GoAway(e *CloseError) {
	e = s.leave(e)
	s.control(append(appendHeader(nil, typeGoAway, 0), text(e.Reason, maxReason)...))
}

// leave has the session take no further streams, because of e. It returns what tells the client so.
func (s *Session) leave(e *CloseError) *CloseError {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ending, s.leaving = true, s.explainLocked(e)
	return s.leaving
}

// explainLocked returns e, or why the client's identity has ended if it has and e says only that the bridge goes
// away: the client needs a new token, wherever it connects next.
func (s *Session) explainLocked(e *CloseError) *CloseError {
	if l := s.leaving; l != nil && l.Code == CodeUnauthorized && e.Code == CodeGoingAway {
		return l
	}
	return e
}

// Open asks the bridge for a stream and waits until its broker is connected. Nothing coming from the
// bridge within silence (0: no limit) ends the session. Its error is of the shape that net.Dialer's
// has, or ErrSessionEnding, or ErrNoAnswer.
func (s *Session) Open(ctx context.Context, o Open, remote net.Addr, silence time.Duration) (*Stream, error) {
	st := newStream(s, o.Window)
	st.remote = remote
	s.mu.Lock()
	if s.lastID == math.MaxUint32 {
		s.ending = true
	}
	if s.ending {
		ended := s.ended
		s.mu.Unlock()
		if ended == nil {
			return nil, ErrSessionEnding
		}
		return nil, fmt.Errorf("%w: %w", ErrSessionEnding, ended.dialError(o.Target, remote))
	}
	if s.idle != nil {
		s.idle.Stop()
	}
	s.lastID++
	st.id = s.lastID
	s.streams[st.id] = st
	// Under the lock, for ids must go out in order.
	s.control(appendOpen(nil, st.id, o))
	s.mu.Unlock()

	heard := s.watch(silence)
	err := st.waitOpened(ctx, o.Target)
	if err == nil {
		heard()
		return st, nil
	}
	st.Close()
	if s.sentAway(st) {
		err = fmt.Errorf("%w: %w", ErrSessionEnding, err)
	}
	if !heard() && !s.CanPing() && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		s.Retire()
	}
	return nil, err
}

// sentAway reports whether st was refused because its OPEN crossed GOAWAY.
func (s *Session) sentAway(st *Stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isAway && st.endedWith(CodeGoingAway, CodeUnauthorized)
}

// Name returns what errors call the bridge.
func (s *Session) Name() string { return s.name }

// Broken reports whether the WebSocket broke, rather than that somebody closed it.
func (s *Session) Broken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended != nil && s.ended.Code == CodeAbnormal
}

// Streams returns how many streams the session has.
func (s *Session) Streams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.streams)
}

// Abort ends the session at once, and every stream in it, with e.
func (s *Session) Abort(e *CloseError) {
	if e.Code == CodeAbnormal && s.name != "" {
		e = &CloseError{Code: e.Code, Reason: s.name + ": " + e.Reason, cause: e.cause}
	}
	s.mu.Lock()
	if s.ended != nil {
		s.mu.Unlock()
		return
	}
	e = s.explainLocked(e)
	s.ended, s.ending = e, true
	streams := s.streams
	s.streams = nil
	if s.idle != nil {
		s.idle.Stop()
	}
	s.mu.Unlock()

	s.liveness.stop()
	s.writer.stop()
	s.socket.Close(e.Code, e.Reason)
	for _, st := range streams {
		st.end(e)
	}
	close(s.done)
}

// remove forgets a stream. The client's session ends some time after its last stream.
func (s *Session) remove(id uint32) {
	s.mu.Lock()
	_, had := s.streams[id]
	delete(s.streams, id)
	last := had && len(s.streams) == 0 && s.accept == nil
	ending := s.ending
	if last {
		s.restLocked()
	}
	s.mu.Unlock()
	if last && ending {
		s.writer.finishAndClose(&finished)
	}
}

// control sends a message that is no DATA. It never waits.
func (s *Session) control(message []byte) { s.writer.send(newMessage(message)) }

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
	case (t == typeAuth || t == typeGoAway) && id != 0:
		return fmt.Errorf("a message of type %d for stream %d, stream 0 was expected", t, id)
	case t == typeCredit:
		return s.onCredit(id, payload)
	case t == typeClose:
		return s.onClose(id, payload)
	case t == typeOpened && s.accept == nil:
		return s.onOpened(id, payload)
	case t == typeGoAway && s.accept == nil:
		return s.onGoAway(payload)
	case t == typeAuth && s.accept == nil:
		refusal, err := parseReason(payload)
		if err == nil {
			s.renew(refusal)
		}
		return err
	case linksBridge && t == typeOpen && s.accept != nil:
		return s.onOpen(id, payload)
	case linksBridge && t == typeAuth && s.accept != nil:
		return s.accept.Auth(string(payload))
	}
	return fmt.Errorf("a message of type %d was not expected here", t)
}

// stream returns the stream that a message is for: nil where it was closed before the peer
// could know, an error where it never was.
func (s *Session) stream(id uint32) (*Stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == 0 || id > s.lastID || linksBridge && s.skipped.has(id) {
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

func (s *Session) onGoAway(payload []byte) error {
	if _, err := parseReason(payload); err != nil {
		return err
	}
	s.mu.Lock()
	s.isAway = true
	s.mu.Unlock()
	s.Retire()
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
	return st.onOpened(window, address)
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
	if err := s.skipped.add(s.lastID+1, id); err != nil {
		s.mu.Unlock()
		return err
	}
	s.lastID = id
	if s.ended != nil {
		s.mu.Unlock()
		return s.ended
	}
	s.streams[id] = st
	leaving := s.leaving
	s.mu.Unlock()
	if leaving != nil {
		st.CloseWith(leaving.Code, leaving.Reason)
		return nil
	}
	s.accept.Open(st, o)
	return nil
}
