package kafkaio

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// Error is a failed call of a Dialer, a Conn or a Pipeline.
type Error = core.Error

// Code classifies an Error.
type Code = core.Code

// The codes of an Error, with the numbers of Perl's Kafka::IO. Package core documents each.
const (
	ErrMismatchArgument      = core.ErrMismatchArgument
	ErrCannotSend            = core.ErrCannotSend
	ErrCannotReceive         = core.ErrCannotReceive
	ErrCannotBind            = core.ErrCannotBind
	ErrMismatchCorrelationID = core.ErrMismatchCorrelationID
	ErrIncompatibleIPVersion = core.ErrIncompatibleIPVersion
	ErrNoConnection          = core.ErrNoConnection
)

// dialError gives all failures to dial one shape: an *Error around a *net.OpError of Op "dial". Kafka
// clients tell by the OpError that the dial failed, and not a connection.
func dialError(ctx context.Context, p plan, elapsed time.Duration, err error) *Error {
	code := dialCode(err)
	if ctx.Err() != nil {
		err = &endedError{err, ctx.Err(), context.Cause(ctx)}
	}
	op, ok := err.(*net.OpError)
	if !ok || op.Op != "dial" {
		op = &net.OpError{Op: "dial", Net: p.network, Addr: tunnel.NamedAddr(p.target), Err: err}
	}
	return &Error{Code: code, Op: "dial", Addr: p.target, Elapsed: elapsed, Err: dialCause{op}}
}

// dialCode returns the code that a step of dialling put into err, or ErrCannotBind.
func dialCode(err error) Code {
	code, _ := errors.AsType[Code](err)
	if e, ok := errors.AsType[*Error](err); ok {
		code = e.Code
	}
	if code == ErrMismatchArgument || code == ErrIncompatibleIPVersion {
		return code
	}
	return ErrCannotBind
}

// A codedError reads as its cause, and carries the code of the dial's Error.
type codedError struct {
	error
	code Code
}

func (e *codedError) Unwrap() []error { return []error{e.error, e.code} }

func mismatch(err error) error { return &codedError{err, ErrMismatchArgument} }

// A dialCause is an OpError whose text leaves out the operation and the address: the *Error around it
// names both.
type dialCause struct{ *net.OpError }

func (e dialCause) Error() string { return e.OpError.Err.Error() }
func (e dialCause) Unwrap() error { return e.OpError }

// An endedError is the error of a dial whose context has ended. It reads as err, and matches the
// context's error and cause as well.
type endedError struct{ err, context, cause error }

func (e *endedError) Error() string   { return e.err.Error() }
func (e *endedError) Unwrap() []error { return []error{e.err, e.context, e.cause} }
func (e *endedError) Timeout() bool   { return isTimeout(e.context) }
func (e *endedError) Temporary() bool { return isTemporary(e.context) }
