package brokertls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"
)

// explain says what a handshake's failure means where brokers are concerned. The error itself
// stays underneath.
func explain(err error, state tls.ConnectionState, request *certificateRequest) error {
	answered := state.Version != 0 // with TLS, that is
	switch {
	case is[x509.UnknownAuthorityError](err):
		return fmt.Errorf("the broker's certificate is from an authority that is not in RootCAs: %w", err)
	case is[x509.HostnameError](err):
		return fmt.Errorf("the broker's certificate is for another name, which may be set as ServerName: %w", err)
	case request.asked && isAlert(err):
		return request.explain(err)
	case !answered && is[tls.RecordHeaderError](err):
		return fmt.Errorf("this port is plaintext, or not a broker's: what answered is not TLS: %w", err)
	case !answered && isClosed(err):
		// A PLAINTEXT listener takes the first bytes of TLS for a request of 369 MB, and hangs up.
		return fmt.Errorf("this port is plaintext, it seems: the broker closed the connection at the first message of TLS: %w", err)
	}
	return err
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// closings are what a connection that the peer closed returns.
var closings = []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE}

func isClosed(err error) bool {
	return slices.ContainsFunc(closings, func(target error) bool { return errors.Is(err, target) })
}
