package happyeyeballs

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
)

// An attemptError is why an attempt at one address failed.
type attemptError struct {
	addr netip.AddrPort
	err  error
}

// Error names the address and the reason once: net's own errors repeat what stands around them.
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

// attemptErrors is why none of the attempts succeeded, in their order. It is a net.Error.
type attemptErrors []error

func (e attemptErrors) Error() string {
	var texts []string
	for _, err := range e {
		texts = append(texts, err.Error())
	}
	return strings.Join(texts, "; ")
}

func (e attemptErrors) Unwrap() []error { return e }

// Timeout reports whether time ran out on any attempt.
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
