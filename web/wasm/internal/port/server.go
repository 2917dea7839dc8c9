package port

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// A Method runs a call of the page and returns its result, which ends the call. ctx ends if the page
// cancels the call or the client is closed.
type Method func(ctx context.Context, c *Call) (any, error)

// A Server runs the page's calls, each in a goroutine of its own.
type Server struct {
	port     Port
	methods  map[string]Method
	describe func(error) *Error
	running  sync.WaitGroup

	mu        sync.Mutex
	calls     map[uint32]*Call
	questions map[uint32]chan<- answer
	asked     uint32 // the last question's id
	closed    error  // why no call is taken; nil: calls are
	closer    *Call  // the call that closed them
}

// NewServer returns a Server that waits for Serve. describe gives an error of a method its form for the
// page.
func NewServer(p Port, methods map[string]Method, describe func(error) *Error) *Server {
	return &Server{
		port: p, methods: methods, describe: describe,
		calls:     make(map[uint32]*Call),
		questions: make(map[uint32]chan<- answer),
	}
}

// Serve takes messages until ctx ends, or until one makes no sense. It then ends all calls, and returns
// when they have ended.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer s.running.Wait()
	defer cancel()
	for {
		m, err := s.port.Receive(ctx)
		if err != nil {
			return err
		}
		var in incoming
		if err := json.Unmarshal(m.Text, &in); err != nil {
			return fmt.Errorf("a message from the page: %w", err)
		}
		switch {
		case in.Call != 0:
			s.start(ctx, in, m.Bytes)
		case in.Cancel != 0:
			if c := s.call(in.Cancel); c != nil {
				c.cancel(errAborted)
			}
		case in.Credit != 0:
			if c := s.call(in.Credit); c != nil {
				c.grant(in.Items)
			}
		case in.Answer != 0:
			s.answered(in)
		default:
			return errors.New("a message from the page has no id")
		}
	}
}

var errAborted = &Error{Code: CodeAborted, Message: "the call was aborted"}

// start runs a call, unless the client is closed or there is no such method.
func (s *Server) start(ctx context.Context, in incoming, bytes []byte) {
	method := s.methods[in.Method]
	if method == nil {
		s.post(kindError, in.Call, Mismatch(fmt.Sprintf("the Worker has no method %q: it is of another version than the page's kafkaio.js", in.Method)))
		return
	}
	c := &Call{
		Bytes: bytes, server: s, id: in.Call, on: in.On, options: in.Options,
		credit: in.Items, granted: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	s.mu.Lock()
	if closed := s.closed; closed != nil {
		s.mu.Unlock()
		c.cancel(nil)
		s.post(kindError, in.Call, s.describe(closed))
		return
	}
	s.calls[c.id] = c
	s.running.Go(func() { s.run(c, method) })
	s.mu.Unlock()
}

func (s *Server) run(c *Call, method Method) {
	result, err := method(c.ctx, c)
	s.mu.Lock()
	delete(s.calls, c.id)
	closed := s.closed
	if c == s.closer {
		closed = nil
	}
	s.mu.Unlock()
	cause := context.Cause(c.ctx)
	c.cancel(nil)
	defer close(c.ended)
	switch {
	case err == nil:
		s.post(kindResult, c.id, result)
	case closed != nil: // which is why it failed: what it uses is closed too
		s.post(kindError, c.id, s.endedBy(closed, err))
	case cause != nil && (errors.Is(err, context.Canceled) || errors.Is(err, cause)):
		s.post(kindError, c.id, s.endedBy(cause, err))
	default:
		s.post(kindError, c.id, s.describe(err))
	}
}

// endedBy is the error of a call that failed with err because of cause.
func (s *Server) endedBy(cause, err error) *Error {
	e := *s.describe(cause)
	e.OutcomeUnknown = s.describe(err).OutcomeUnknown
	return &e
}

// CloseCalls takes no further call, and ends all that run with cause, but the one that closes them. It
// returns when they have ended. It is called once.
func (s *Server) CloseCalls(cause error, closer *Call) {
	s.mu.Lock()
	s.closed, s.closer = cause, closer
	var ending []*Call
	for _, c := range s.calls {
		if c != closer {
			ending = append(ending, c)
		}
	}
	s.mu.Unlock()
	for _, c := range ending {
		c.cancel(cause)
	}
	for _, c := range ending {
		<-c.ended
	}
}

func (s *Server) call(id uint32) *Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[id]
}

// post sends a message with a value. Bytes alone, as large as a batch of records is, are copied once only.
func (s *Server) post(kind byte, id uint32, value any) {
	b := header(kind, id)
	if bytes, ok := value.([]byte); ok && bytes != nil {
		s.port.Post(appendBytesHeader(b, len(bytes)), bytes)
		return
	}
	s.port.Post(appendValue(b, value))
}
