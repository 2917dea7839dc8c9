package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/internal/tunnel"
	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// An inStep is what package kafkaio makes of an error in a step of dialling.
type inStep struct {
	step string
	error
}

func (e inStep) Step() string  { return e.step }
func (e inStep) Unwrap() error { return e.error }

func TestErrorsHaveTheCodeToDecideBy(t *testing.T) {
	dial := func(err error) error {
		return &kafkaio.Error{Code: kafkaio.ErrCannotBind, Op: "dial", Addr: "b:9092", Err: &net.OpError{Op: "dial", Err: err}}
	}
	for _, test := range []struct {
		err       error
		code      string
		retriable bool
	}{
		{kerr.UnknownTopicOrPartition, "UNKNOWN_TOPIC_OR_PARTITION", true},
		{fmt.Errorf("topic: %w", kerr.TopicAuthorizationFailed), "TOPIC_AUTHORIZATION_FAILED", false},
		{dial(&tunnel.CloseError{Code: tunnel.CodeUnauthorized}), codeUnauthorized, false},
		{dial(&tunnel.CloseError{Code: tunnel.CodeDenied}), codeDenied, false},
		{dial(&tunnel.CloseError{Code: tunnel.CodeTooMany}), codeLimit, true},
		{&tunnel.CloseError{Code: tunnel.CodeTooLarge}, codeLimit, false},
		{dial(&tunnel.CloseError{Code: tunnel.CodeUnreachable}), codeBrokerUnreachable, true},
		{dial(&tunnel.CloseError{Code: tunnel.CodeTimeout}), codeTimeout, true},
		{dial(&tunnel.CloseError{Code: tunnel.CodeAbnormal}), codeBridgeUnreachable, true},
		{dial(errors.New("no route")), codeBridgeUnreachable, true},
		{dial(context.Canceled), codeClosed, false},
		{dial(inStep{"secure", &brokertls.Error{Err: errors.New("unknown authority")}}), "ERR_CANNOT_BIND", false},
		{&brokertls.Error{Err: errors.New("bad certificate")}, "ERR_CANNOT_BIND", false},
		{dial(inStep{"secure", os.ErrDeadlineExceeded}), codeTimeout, true},
		{dial(&port.Error{Code: codeToken}), codeToken, false},
		{&kafkaio.Error{Code: kafkaio.ErrCannotReceive, Op: "receive", Err: os.ErrDeadlineExceeded}, "ERR_CANNOT_RECEIVE", false},
		{&kafkaio.Error{Code: kafkaio.ErrMismatchArgument, Op: "send"}, codeMismatchArgument, false},
		{errSlow, codeTimeout, true},
		{kgo.ErrRecordTimeout, codeTimeout, true},
		{kgo.ErrClientClosed, codeClosed, false},
		{context.Canceled, codeClosed, false},
		{&kgo.ErrFirstReadEOF{}, codeUnknown, false},
		{&consumer.Error{Topic: "t", Err: &records.TooLargeError{First: 5, Next: 9}}, codeLimit, false},
		{io.EOF, codeBrokerUnreachable, true},
		{errors.New("what?"), codeUnknown, false},
	} {
		if e := describe(test.err); e.Code != test.code || e.Retriable != test.retriable {
			t.Errorf("%v: %s, retriable %v; want %s, %v", test.err, e.Code, e.Retriable, test.code, test.retriable)
		}
	}
}

func TestEveryCodeOfTheContractHasAName(t *testing.T) {
	for code := kafkaio.Code(-1000); code > -1100; code-- {
		known := code.Error() != fmt.Sprintf("kafkaio: error %d", int(code))
		if name := contractCodes[code]; known != (name != "") {
			t.Errorf("%d: named %q", code, name)
		}
	}
}

func TestTheBootstrapSeedIsNotShown(t *testing.T) {
	if got := describe(errors.New("unable to dial " + bootstrapSeed)).Message; got != "unable to dial a bootstrap broker" {
		t.Error(got)
	}
}
