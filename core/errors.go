package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Code classifies an [Error]. It is an error itself, so that the sentinels below are constants
// and errors.Is(err, ErrCannotSend) asks for one. The numbers are those of Perl's Kafka::IO.
type Code int

const (
	// ErrMismatchArgument is an invalid argument: an empty or oversized message, a length of
	// zero or less, a host, port or timeout that makes no sense. Nothing was done.
	ErrMismatchArgument Code = -1000
	// ErrCannotSend is a message that could not be sent in time, or whose connection the peer broke.
	ErrCannotSend Code = -1001
	// ErrCannotReceive is bytes that did not come in time, or whose connection broke midway.
	ErrCannotReceive Code = -1003
	// ErrCannotBind is no connection to a host and port: the name, a refusal, a timeout, or the
	// bridge said no.
	ErrCannotBind Code = -1004
	// ErrMismatchCorrelationID is a response that answers no request in flight.
	ErrMismatchCorrelationID Code = -1009
	// ErrIncompatibleIPVersion is an IPv4 address where IPv6 was asked for, or the reverse.
	ErrIncompatibleIPVersion Code = -1017
	// ErrNoConnection is a connection that is closed: by us earlier, or by the peer before the
	// first byte.
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

// An Error is what every call of this package returns when it fails. It is a net.Error, matches
// its Code by errors.Is, and unwraps to its cause: a *net.OpError, os.ErrDeadlineExceeded,
// context.Canceled, io.EOF, net.ErrClosed.
type Error struct {
	Code    Code
	Op      string        // "dial", "send", "receive", "try to receive"
	Addr    string        // of the broker
	Done    int           // bytes; of a send: accepted by the transport, the peer got no more
	Want    int           // bytes; 0 where there is no number to name
	Elapsed time.Duration // since the call began
	Limit   time.Duration // what the call was allowed; 0 means no limit
	Err     error         // the cause
}

var prepositions = map[string]string{"send": " to", "receive": " from", "try to receive": " from"}

// Error reads like "kafkaio: receive from broker:9092: got 4 of 128 bytes in 1.5s: i/o timeout".
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

// rounded keeps two or three digits of a duration, which is what a reader of an error wants.
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

// Timeout reports whether time ran out, by our own limit or by the deadline of a context.
func (e *Error) Timeout() bool { return e.Code != ErrNoConnection && isTimeout(e.Err) }

// Temporary is part of net.Error, where it is deprecated: it says what the cause says.
func (e *Error) Temporary() bool {
	var t interface{ Temporary() bool }
	return errors.As(e.Err, &t) && t.Temporary()
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// A contextError is the I/O error of a call that its context ended: both can be asked for.
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

// Timeout is that of the context's error: an I/O error that a cancellation brought about by a
// deadline in the past is no timeout.
func (e *contextError) Timeout() bool { return isTimeout(e.context) }

// A closedError is why a connection is closed: it reads as what closed it, and is what the
// closed stream itself answers, which is net.ErrClosed for a net.Conn.
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

// Unwrap leads to the cause of what closed the connection, such as io.EOF, but not to its code,
// which classified another call, nor to its context, which was another call's.
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
