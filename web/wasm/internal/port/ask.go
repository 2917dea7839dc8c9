package port

import (
	"context"
	"encoding/json"
	"fmt"
)

// clientQuestions is the id, in place of a call's, of questions that the client's own callbacks answer.
const clientQuestions = 0

// An answer is the page's to a question.
type answer struct {
	value json.RawMessage
	err   error
}

// A question is what the page reads of an ask message.
type question struct {
	Call     uint32 `json:"call"`
	Callback string `json:"callback"`
	Argument any    `json:"argument"`
}

// Ask calls a callback of the client in the page, and returns what that returns, as JSON. A callback may
// never return: when ctx ends, the page's signal for the callback is aborted, and Ask returns ctx's cause.
// A callback that throws is an *Error that carries the question, so that the page knows its cause.
func (s *Server) Ask(ctx context.Context, callback string, argument any) (json.RawMessage, error) {
	return s.ask(ctx, clientQuestions, callback, argument)
}

func (s *Server) ask(ctx context.Context, call uint32, callback string, argument any) (json.RawMessage, error) {
	answered := make(chan answer, 1)
	s.mu.Lock()
	s.asked++
	id := s.asked
	s.questions[id] = answered
	s.mu.Unlock()
	s.post(kindAsk, id, question{call, callback, argument})
	select {
	case a := <-answered:
		return a.value, a.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	delete(s.questions, id)
	s.mu.Unlock()
	s.post(kindRetract, id, nil)
	return nil, context.Cause(ctx)
}

// answered hands an answer to who asked, unless it is no longer wanted.
func (s *Server) answered(in incoming) {
	s.mu.Lock()
	asker := s.questions[in.Answer]
	delete(s.questions, in.Answer)
	s.mu.Unlock()
	if asker == nil {
		return
	}
	a := answer{value: in.Value}
	if in.Failed != "" {
		a.err = &Error{Code: CodeCallback, Message: fmt.Sprintf("the callback failed: %s", in.Failed), Question: in.Answer}
	}
	asker <- a
}
