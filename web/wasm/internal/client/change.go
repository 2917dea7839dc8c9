package client

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A changeRequest is a request to the cluster that changes something.
type changeRequest struct {
	client *client
	key    int16
	before uint64 // requests of the API that had been sent
}

// change begins a change under the name that the page has for it. A client that may only read refuses it.
func (c *client) change(name string, key int16) (*changeRequest, error) {
	if c.options.ReadOnly {
		return nil, readOnlyError(name)
	}
	return &changeRequest{c, key, c.sent.ofAPI(key)}, nil
}

// An outcome is what a broker's answer says of one thing that was to be changed.
type outcome struct {
	code    int16
	message *string // the broker's own; nil: it sent none
}

// outcomes are those of the things in an answer.
func outcomes[T any](things []T, of func(T) outcome) []outcome {
	all := make([]outcome, len(things))
	for i, thing := range things {
		all[i] = of(thing)
	}
	return all
}

// requestChange makes a request for a change. topic is what it is about; empty: something else. outcomesOf returns
// those that an answer has.
func requestChange[R any](
	ctx context.Context, change *changeRequest, topic string,
	requestWith func(context.Context, kmsg.Requestor) (R, error), outcomesOf func(R) []outcome,
) error {
	resp, err := ask(ctx, change.client, requestWith)
	if err != nil {
		return change.failed(ctx, err, topic)
	}
	all := outcomesOf(resp)
	if len(all) == 0 {
		return change.unanswered(topic)
	}
	for _, o := range all {
		if e := change.answered(o.code, o.message); e != nil {
			e.Topic = topic
			return e
		}
	}
	return nil
}

// failed is the error of a change that no broker has answered, or whose context has ended. topic is what it is
// about; empty: something else.
func (r *changeRequest) failed(ctx context.Context, err error, topic string) error {
	e := *describe(causeOf(ctx, err))
	e.Topic, e.OutcomeUnknown = topic, r.sentTimes() > 0
	return &e
}

// answered is the error of an answer, or nil for code 0. If the request was sent twice, the first may have been
// done, and the answer is to the second.
func (r *changeRequest) answered(code int16, message *string) *port.Error {
	e := answerError(code, message)
	if e != nil {
		e.OutcomeUnknown = r.sentTimes() > 1 || leavesOpen(kerr.ErrorForCode(code))
	}
	return e
}

// unanswered is the error of an answer that doesn't say what became of the change.
func (r *changeRequest) unanswered(topic string) *port.Error {
	return &port.Error{Code: codeUnknown, Message: "the broker's answer doesn't say whether it was done: look for yourself", Topic: topic, OutcomeUnknown: true}
}

func (r *changeRequest) sentTimes() uint64 { return r.client.sent.ofAPI(r.key) - r.before }
