package brokertls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"syscall"
	"time"
)

// judge finds the reason of a handshake's failure.
func judge(err error, cfg *tls.Config, state tls.ConnectionState, request *clientCertRequest) *Error {
	e := request.newError(Other, err)
	unknown, isUnknown := errors.AsType[x509.UnknownAuthorityError](err)
	name, isName := errors.AsType[x509.HostnameError](err)
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	record, isRecord := errors.AsType[tls.RecordHeaderError](err)
	answered := state.Version != 0 // in TLS, that is
	switch {
	case isUnknown:
		e.Reason, e.Certificate = UnknownAuthority, unknown.Cert
	case isName:
		e.Reason, e.Certificate, e.ServerName = WrongName, name.Certificate, name.Host
	case isInvalid && invalid.Reason == x509.Expired:
		e.Reason, e.Certificate = Expired, invalid.Cert
		if now(cfg).Before(invalid.Cert.NotBefore) { // x509 has one Reason for both
			e.Reason = NotYetValid
		}
	case request.answer != ClientCertificateNotAsked && IsAlert(err):
		e.Reason = ClientAuth
	case !answered && isRecord && string(record.RecordHeader[:4]) == "HTTP":
		e.Reason = HTTPServer
	case !answered && isRecord:
		e.Reason = NotTLS
	case !answered && isClosed(err):
		e.Reason = Closed
	}
	return e
}

func now(cfg *tls.Config) time.Time {
	if cfg.Time != nil {
		return cfg.Time()
	}
	return time.Now()
}

// closings are the errors of a connection that the peer closed.
var closings = []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE}

func isClosed(err error) bool {
	return slices.ContainsFunc(closings, func(target error) bool { return errors.Is(err, target) })
}
