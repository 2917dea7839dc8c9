//go:build js

package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"syscall/js"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// The codes of errors that are not Kafka's own. kafkaio.d.ts says what each means.
const (
	codeUnauthorized      = "UNAUTHORIZED"
	codeDenied            = "DENIED"
	codeTooMany           = "TOO_MANY_CONNECTIONS"
	codeBridgeUnreachable = "BRIDGE_UNREACHABLE"
	codeBrokerUnreachable = "BROKER_UNREACHABLE"
	codeTimeout           = "TIMEOUT"
	codeInvalidArgument   = "INVALID_ARGUMENT"
	codeClosed            = "CLOSED"
	codeUnknown           = "UNKNOWN"
)

// An invalidError says which argument of the page makes no sense.
type invalidError string

func (e invalidError) Error() string { return string(e) }

// jsError returns err as an Error of JavaScript, with a code, and with the broker that the bridge can't connect to.
func jsError(err error) js.Value {
	e := js.Global().Get("Error").New(message(err))
	e.Set("code", code(err))
	if broker, _ := unreachable(err); broker != "" {
		e.Set("broker", broker)
	}
	return e
}

// unreachable returns the address, as the cluster advertises it, of the broker that the bridge can't connect
// to, and why in the bridge's words. The address is "" if err is about something else, or about bootstrap
// brokers, which the page doesn't know.
func unreachable(err error) (broker, why string) {
	dial, isDial := errors.AsType[*kafkaio.Error](err)
	closed, isClosed := errors.AsType[*tunnel.CloseError](err)
	if !isDial || !isClosed || dial.Op != "dial" {
		return "", ""
	}
	switch closed.Code {
	case tunnel.CodeUnreachable, tunnel.CodeTimeout, tunnel.CodeIPVersion, tunnel.CodeDenied:
		_, why, _ = strings.Cut(closed.Reason, ": ") // its first word is for programs
		return dial.Addr, why
	}
	return "", ""
}

// code returns the code by which a program decides: a name of Kafka's, such as UNKNOWN_TOPIC_OR_PARTITION,
// or one of the above.
func code(err error) string {
	if kafka, ok := errors.AsType[*kerr.Error](err); ok {
		return kafka.Message
	}
	if closed, ok := errors.AsType[*tunnel.CloseError](err); ok {
		return closeCode(closed)
	}
	if _, ok := errors.AsType[invalidError](err); ok {
		return codeInvalidArgument
	}
	dial, isDial := errors.AsType[*kafkaio.Error](err)
	switch {
	case errors.Is(err, kgo.ErrClientClosed), errors.Is(err, context.Canceled), errors.Is(err, net.ErrClosed):
		return codeClosed
	case isDial && dial.Code == kafkaio.ErrMismatchArgument:
		return codeInvalidArgument
	case isDial: // the bridge gave no answer, or there would be a CloseError
		return codeBridgeUnreachable
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, kgo.ErrRecordTimeout):
		return codeTimeout
	}
	return codeUnknown
}

func closeCode(e *tunnel.CloseError) string {
	switch e.Code {
	case tunnel.CodeUnauthorized:
		return codeUnauthorized
	case tunnel.CodeDenied:
		return codeDenied
	case tunnel.CodeTooMany:
		return codeTooMany
	case tunnel.CodeUnreachable, tunnel.CodeReset, tunnel.CodeIPVersion, tunnel.CodeNormal:
		return codeBrokerUnreachable
	case tunnel.CodeTimeout:
		return codeTimeout
	case tunnel.CodeGoingAway, tunnel.CodeAbnormal:
		return codeBridgeUnreachable
	case tunnel.CodeMalformed:
		return codeInvalidArgument
	}
	return codeUnknown
}

// message returns the text for people. Kafka's errors start with their name, which is the code.
func message(err error) string {
	if kafka, ok := errors.AsType[*kerr.Error](err); ok {
		return kafka.Description
	}
	if broker, why := unreachable(err); broker != "" {
		return why
	}
	return strings.ReplaceAll(err.Error(), bootstrapSeed, "a bootstrap broker")
}
