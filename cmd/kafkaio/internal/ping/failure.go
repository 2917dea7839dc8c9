package ping

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A failure says why an attempt ended.
type failure struct {
	step    string
	code    string // of the Problem
	outcome string // in a few words
	reason  string // of the error that it was, or empty
	text    string
	advice  string
	fix     []string
}

// problem returns the failure as a Problem of the broker that the user named.
func (f *failure) problem() Problem {
	return newProblem(f.code, f.text, f.advice, f.fix)
}

// interrupted returns the failure of a step that the user ended.
func interrupted(step, reason string) *failure {
	return &failure{
		step: step, code: "interrupted", outcome: "interrupted", reason: reason,
		text: "The ping was interrupted.", advice: "Run it again.",
	}
}

// A timeoutError ends a step that takes longer than the timeout, which is its value.
type timeoutError time.Duration

func (e timeoutError) Error() string { return fmt.Sprintf("no answer within %v", time.Duration(e)) }
func (e timeoutError) Timeout() bool { return true }

// Is makes the error match the timeout of a socket.
func (e timeoutError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

func isTimeout(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && t.Timeout()
}

// closings are the errors of a connection that the peer closed.
var closings = []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE}

func isClosed(err error) bool {
	return slices.ContainsFunc(closings, func(target error) bool { return errors.Is(err, target) })
}

// NameReason says why a lookup failed. It leaves out the name server, which means nothing to the reader.
func NameReason(err *net.DNSError) string {
	if err.IsNotFound {
		return "there is no host named " + err.Name
	}
	return fmt.Sprintf("the name %s could not be resolved: %s", err.Name, err.Err)
}

// reason returns the words of the innermost error, without those that wrap it.
func reason(err error) string {
	if e, ok := errors.AsType[timeoutError](err); ok {
		return e.Error()
	}
	if isClosed(err) {
		return "the connection was closed"
	}
	for e, ok := errors.AsType[*core.Error](err); ok && e.Err != nil; e, ok = errors.AsType[*core.Error](err) {
		err = e.Err
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		err = e.Err
	}
	// A bridge's own words say what the bridge has looked up.
	if _, ok := errors.AsType[*tunnel.CloseError](err); !ok {
		if dns, ok := errors.AsType[*net.DNSError](err); ok {
			return clean(NameReason(dns), mostText)
		}
	}
	text := err.Error()
	for _, prefix := range []string{"kafkaio: ", "resolve: ", "connect: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return clean(text, mostText)
}
