package brokertls

import (
	"crypto/tls"
	"sync/atomic"
)

// A clientCertRequest records whether the broker asked for a client certificate, and what we sent.
type clientCertRequest struct {
	answer     ClientCertificate
	unsuitable error // why the last of Certificates was not sent
}

// watchRequest makes cfg record the request and its answer. The answer itself stays as it was.
func watchRequest(cfg *tls.Config) *clientCertRequest {
	r := new(clientCertRequest)
	choose := cfg.GetClientCertificate
	if choose == nil {
		certificates := cfg.Certificates
		choose = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			for i := range certificates {
				if r.unsuitable = info.SupportsCertificate(&certificates[i]); r.unsuitable == nil {
					return &certificates[i], nil
				}
			}
			return new(tls.Certificate), nil
		}
	}
	cfg.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		certificate, err := choose(info)
		switch {
		case err == nil && len(certificate.Certificate) > 0:
			r.answer = ClientCertificateGiven
		case r.unsuitable != nil:
			r.answer = ClientCertificateUnsuitable
		default:
			r.answer = ClientCertificateNotGiven
		}
		return certificate, err
	}
	return r
}

// newError returns an Error that tells of the request.
func (r *clientCertRequest) newError(reason Reason, err error) *Error {
	return &Error{Reason: reason, ClientCertificate: r.answer, Unsuitable: r.unsuitable, Err: err}
}

// A watchedConn is a connection whose broker asked for a client certificate. Until the broker has
// sent something, an alert is its verdict on the answer: in TLS 1.3 that comes after the handshake.
type watchedConn struct {
	*tls.Conn
	request  *clientCertRequest
	accepted atomic.Bool
}

func (c *watchedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.accepted.Store(true)
	}
	if !c.accepted.Load() && IsAlert(err) {
		err = c.request.newError(ClientAuth, err)
	}
	return n, err
}
