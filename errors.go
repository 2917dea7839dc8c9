package kafkaio

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// Error is what the calls of a Conn, and of a Dialer, return when they fail.
type Error = core.Error

// Code classifies an Error.
type Code = core.Code

// The codes of Kafka::IO. Each is documented in package core.
const (
	ErrMismatchArgument      = core.ErrMismatchArgument
	ErrCannotSend            = core.ErrCannotSend
	ErrCannotReceive         = core.ErrCannotReceive
	ErrCannotBind            = core.ErrCannotBind
	ErrMismatchCorrelationID = core.ErrMismatchCorrelationID
	ErrIncompatibleIPVersion = core.ErrIncompatibleIPVersion
	ErrNoConnection          = core.ErrNoConnection
)

// dialError gives every failure to dial one shape: an *Error, and under it the *net.OpError of a
// dial, by which Kafka clients tell one from a connection that broke.
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

// dialCode is what the steps of dialling found to be wrong, or that there is no connection.
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

// A codedError reads as its cause, and has the code that the dial is to fail with.
type codedError struct {
	error
	code Code
}

func (e *codedError) Unwrap() []error { return []error{e.error, e.code} }

func mismatch(err error) error { return &codedError{err, ErrMismatchArgument} }

// A dialCause reads without the operation and the address, which the *Error around it names.
type dialCause struct{ *net.OpError }

func (e dialCause) Error() string { return e.OpError.Err.Error() }
func (e dialCause) Unwrap() error { return e.OpError }

// An endedError is what a dial failed with when the caller's context had ended: it is that, the
// context's error, and the context's cause.
type endedError struct{ err, context, cause error }

func (e *endedError) Error() string   { return e.err.Error() }
func (e *endedError) Unwrap() []error { return []error{e.err, e.context, e.cause} }
func (e *endedError) Timeout() bool   { return isTimeout(e.context) }
func (e *endedError) Temporary() bool { return isTemporary(e.context) }
