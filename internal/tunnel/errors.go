package tunnel

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/printable"
)

// Code says why a stream or a WebSocket was closed. The numbers are close codes of RFC 6455;
// those from 4400 on lean on the HTTP status that they resemble. PROTOCOL.md has the table.
type Code uint16

const (
	CodeNormal       Code = 1000 // the broker, or the client, closed
	CodeGoingAway    Code = 1001 // the bridge goes away
	CodeAbnormal     Code = 1006 // the connection broke without a close; never sent
	CodeMalformed    Code = 4400 // a message or target that makes no sense
	CodeUnauthorized Code = 4401 // token missing, refused or expired
	CodeDenied       Code = 4403 // target or operation not allowed
	CodeIdle         Code = 4408 // idle, or a Kafka frame that stays unfinished
	CodeTooLarge     Code = 4413 // a Kafka frame over a limit
	CodeIPVersion    Code = 4417 // no address of the wanted IP version
	CodeTooMany      Code = 4429 // too many sessions or streams
	CodeUnreachable  Code = 4502 // broker unreachable: refused, no such name
	CodeReset        Code = 4503 // the broker reset the connection
	CodeTimeout      Code = 4504 // the broker did not answer in time
)

// A CloseError says why a stream or a session ended. Its reason may start with a word and a colon that
// tell a program more than the code does ("refused:", "nxdomain:", "denied:").
type CloseError struct {
	Code   Code
	Reason string
	cause  error // ErrNoAnswer, or nil
}

// Error returns the reason, with the code if a peer sent one.
func (e *CloseError) Error() string {
	switch {
	case e.Reason == "":
		return fmt.Sprintf("closed by the bridge with code %d", e.Code)
	case e.Code == CodeAbnormal:
		return printable.Text(e.Reason)
	}
	return fmt.Sprintf("%s (bridge code %d)", printable.Text(e.Reason), e.Code)
}

// Unwrap implements errors.Unwrap.
func (e *CloseError) Unwrap() error { return e.cause }

// Reasons that say which error of package net or syscall a dial through the bridge stands for.
const (
	ReasonRefused     = "refused"
	ReasonNoSuchName  = "nxdomain"
	ReasonDenied      = "denied"
	ReasonUnreachable = "unreachable"
)

// ReasonMemory is the word of a bridge that has no memory for something.
const ReasonMemory = "memory"

// ReasonHost is the word of a bridge that is reached under a name that isn't its own.
const ReasonHost = "host"

// ReasonTLS and ReasonSASL are the words for credentials of the bridge that a broker, or its certificate,
// made useless.
const (
	ReasonTLS  = "tls"
	ReasonSASL = "sasl"
)

// ReasonSpecial is the word for a broker on the bridge's own machine or network segment that isn't
// configured.
const ReasonSpecial = "special"

// ReasonIs reports whether the reason starts with a word and a colon.
func (e *CloseError) ReasonIs(word string) bool { return strings.HasPrefix(e.Reason, word+":") }

// dialError returns the error of a dial that e ended before the broker was connected.
func (e *CloseError) dialError(host string, addr net.Addr) error {
	var cause error = e
	switch {
	case e.Code == CodeIPVersion:
		cause = &causeError{text: e, is: core.ErrIncompatibleIPVersion}
	case e.Code == CodeTimeout, e.cause == ErrNoAnswer:
		cause = &causeError{text: e, is: os.ErrDeadlineExceeded}
	case e.Code == CodeDenied:
		cause = &causeError{text: e, is: os.NewSyscallError("connect", syscall.EACCES)}
	case e.ReasonIs(ReasonNoSuchName):
		cause = &causeError{text: e, is: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
	case e.ReasonIs(ReasonRefused):
		cause = &causeError{text: e, is: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case e.ReasonIs(ReasonUnreachable):
		cause = &causeError{text: e, is: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}
	}
	return &net.OpError{Op: "dial", Net: "tcp", Addr: addr, Err: cause}
}

// streamError returns the error of op ("read" or "write") on a stream that e ended after the broker
// was connected. franz-go, among others, decides by its shape whether to try again.
func (e *CloseError) streamError(op string, local, remote net.Addr) error {
	var cause error
	switch e.Code {
	case CodeNormal:
		if op == "read" {
			return io.EOF
		}
		cause = os.NewSyscallError(op, syscall.EPIPE)
	case CodeMalformed, CodeDenied, CodeTooLarge:
		cause = &causeError{text: e, is: core.ErrCannotSend}
	case CodeIdle:
		cause = &causeError{text: e, is: io.ErrUnexpectedEOF}
	default:
		cause = &causeError{text: e, is: os.NewSyscallError(op, syscall.ECONNRESET)}
	}
	return &net.OpError{Op: op, Net: "tcp", Source: local, Addr: remote, Err: cause}
}

// A causeError reads as the bridge's words, and unwraps to the error that a TCP connection would have
// returned.
type causeError struct {
	text *CloseError
	is   error
}

func (e *causeError) Error() string   { return e.text.Error() }
func (e *causeError) Unwrap() []error { return []error{e.text, e.is} }

// Timeout and Temporary let net.OpError, which asks its cause, answer for net.Error.
func (e *causeError) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.is)
	return ok && t.Timeout()
}

func (e *causeError) Temporary() bool {
	t, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](e.is)
	return ok && t.Temporary()
}
