package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Code classifies an [Error]. A Code is an error itself, so errors.Is(err, ErrCannotSend) asks for
// one, and the codes are constants. Their numbers are those of Perl's Kafka::IO.
type Code int

const (
	// ErrMismatchArgument: an argument is invalid, such as an empty or oversized message, a length
	// of 0, a malformed address, or a negative timeout. Nothing was done.
	ErrMismatchArgument Code = -1000
	// ErrCannotSend: the message was not sent in time, or the connection broke meanwhile.
	ErrCannotSend Code = -1001
	// ErrCannotReceive: the bytes did not come in time, or the connection broke midway.
	ErrCannotReceive Code = -1003
	// ErrCannotBind: no connection could be made. The name is unknown, the broker refused or did
	// not answer in time, TLS failed, or the bridge refused.
	ErrCannotBind Code = -1004
	// ErrMismatchCorrelationID: a response answers no request in flight.
	ErrMismatchCorrelationID Code = -1009
	// ErrIncompatibleIPVersion: the host has no address of the wanted IP version.
	ErrIncompatibleIPVersion Code = -1017
	// ErrNoConnection: the connection is closed. An earlier call closed it, or the peer did before
	// the first byte came.
	ErrNoConnection Code = -1018
)

var codeTexts = map[Code]string{
	ErrMismatchArgument:      "invalid argument",
	ErrCannotSend:            "can't send",
	ErrCannotReceive:         "can't receive",
	ErrCannotBind:            "can't bind",
	ErrMismatchCorrelationID: "mismatch of the correlation id",
	ErrIncompatibleIPVersion: "incompatible IP version",
	ErrNoConnection:          "no connection",
}

// Error implements error.
func (c Code) Error() string {
	if text, ok := codeTexts[c]; ok {
		return "kafkaio: " + text
	}
	return fmt.Sprintf("kafkaio: error %d", int(c))
}

// An Error is a failed call of this package. It implements net.Error. errors.Is matches its Code,
// and also the cause underneath, such as os.ErrDeadlineExceeded, context.Canceled, io.EOF or
// net.ErrClosed; errors.As reaches a *net.OpError there.
type Error struct {
	Code    Code
	Op      string        // "dial", "send", "receive" or "try to receive"
	Addr    string        // the broker's address
	Done    int           // bytes moved. For a send: bytes the transport accepted, of which the peer got a prefix
	Want    int           // bytes the call was to move; 0 if unknown
	Elapsed time.Duration // from the start of the call
	Limit   time.Duration // the call's timeout; 0 means none
	Err     error         // the cause; may be nil
}

var prepositions = map[string]string{"send": " to", "receive": " from", "try to receive": " from"}

// Error returns a text like "kafkaio: receive from broker:9092: got 4 of 128 bytes in 1.5s: i/o timeout".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("kafkaio: " + e.Op)
	if e.Addr != "" {
		b.WriteString(prepositions[e.Op] + " " + e.Addr)
	}
	if e.Want > 0 {
		verb := "got"
		if e.Op == "send" {
			verb = "sent"
		}
		fmt.Fprintf(&b, ": %s %d of %d bytes", verb, e.Done, e.Want)
		if elapsed, limit := rounded(e.Elapsed), rounded(e.Limit); elapsed > 0 {
			fmt.Fprintf(&b, " in %v", elapsed)
			if limit > 0 && limit != elapsed {
				fmt.Fprintf(&b, " (limit %v)", limit)
			}
		}
	}
	b.WriteString(": ")
	switch {
	case e.Err == nil:
		b.WriteString(strings.TrimPrefix(e.Code.Error(), "kafkaio: "))
	case e.Timeout() && e.Op != "dial" && e.Err != errWaited:
		b.WriteString("i/o timeout") // the transport's own words repeat the address
	case e.Code == ErrNoConnection:
		b.WriteString("no connection: " + e.Err.Error())
	default:
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// rounded returns d with its first three digits, as errors show it. From 1000 s on it keeps seconds.
func rounded(d time.Duration) time.Duration {
	for unit := time.Nanosecond; unit <= time.Second; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
	return d.Round(time.Second)
}

// Is reports whether target is the Code of e.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether the call ran out of time, by Options.Timeout or by its context's deadline.
func (e *Error) Timeout() bool { return e.Code != ErrNoConnection && isTimeout(e.Err) }

// Temporary reports what the cause reports. It is part of net.Error, where it is deprecated.
func (e *Error) Temporary() bool {
	var t interface{ Temporary() bool }
	return errors.As(e.Err, &t) && t.Temporary()
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// A contextError is the error of a call that its context ended. errors.Is matches the context's
// error and the I/O error alike.
type contextError struct {
	context error // context.Canceled or context.DeadlineExceeded
	cause   error // context.Cause
	io      error // nil when the call did no I/O
}

func newContextError(ctx context.Context, io error) *contextError {
	return &contextError{context: ctx.Err(), cause: context.Cause(ctx), io: io}
}

func (e *contextError) Error() string {
	if e.cause != e.context {
		return e.context.Error() + ": " + e.cause.Error()
	}
	return e.context.Error()
}

func (e *contextError) Unwrap() []error {
	if e.io == nil {
		return []error{e.context, e.cause}
	}
	return []error{e.context, e.cause, e.io}
}

// Timeout reports whether the context's deadline passed. The I/O error doesn't count: a cancellation
// sets a deadline in the past, so that error is always a timeout.
func (e *contextError) Timeout() bool { return isTimeout(e.context) }

// A closedError says why a connection is closed. It matches the error that the closed stream itself
// returns, which is net.ErrClosed for a net.Conn.
type closedError struct {
	reason *Error // of the call that closed the connection; nil when Close was called
	stream error
}

func (e *closedError) Error() string {
	if e.reason != nil {
		return "closed after: " + strings.TrimPrefix(e.reason.Error(), "kafkaio: ")
	}
	return "closed"
}

// Unwrap returns the stream's error and the cause that closed the connection, such as io.EOF. It
// leaves out the code and the context's error, because they belong to the call that closed it.
func (e *closedError) Unwrap() []error {
	if e.reason == nil {
		return []error{e.stream}
	}
	cause := e.reason.Err
	if ended, ok := cause.(*contextError); ok {
		cause = ended.io
	}
	if cause == nil {
		return []error{e.stream}
	}
	return []error{e.stream, cause}
}
