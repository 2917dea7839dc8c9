package happyeyeballs

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
)

// An attemptError is a failed attempt at one address.
type attemptError struct {
	addr netip.AddrPort
	err  error
}

// Error names the address and the reason, each once. Package net's error would repeat the address.
func (e *attemptError) Error() string {
	reason := e.err
	if op, ok := reason.(*net.OpError); ok {
		reason = op.Err
	}
	if call, ok := reason.(*os.SyscallError); ok {
		reason = call.Err
	}
	return e.addr.String() + ": " + reason.Error()
}

func (e *attemptError) Unwrap() error { return e.err }

// attemptErrors has the errors of all attempts, in their order. It is a net.Error.
type attemptErrors []error

func (e attemptErrors) Error() string {
	var texts []string
	for _, err := range e {
		texts = append(texts, err.Error())
	}
	return strings.Join(texts, "; ")
}

func (e attemptErrors) Unwrap() []error { return e }

// Timeout reports whether any attempt ran out of time.
func (e attemptErrors) Timeout() bool {
	for _, err := range e {
		var t interface{ Timeout() bool }
		if errors.As(err, &t) && t.Timeout() {
			return true
		}
	}
	return false
}

// Temporary is part of net.Error, where it is deprecated.
func (e attemptErrors) Temporary() bool { return e.Timeout() }
