package brokertls

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
)

// A certificateRequest notes how a broker that asked for a client certificate was answered.
type certificateRequest struct {
	asked      bool
	given      bool
	unsuitable error // why the last of Certificates was not given
}

// watchRequest has cfg note it. What is answered stays what it was.
func watchRequest(cfg *tls.Config) *certificateRequest {
	r := new(certificateRequest)
	answer := cfg.GetClientCertificate
	if answer == nil {
		certificates := cfg.Certificates
		answer = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			for i := range certificates {
				if r.unsuitable = info.SupportsCertificate(&certificates[i]); r.unsuitable == nil {
					return &certificates[i], nil
				}
			}
			return new(tls.Certificate), nil
		}
	}
	cfg.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		certificate, err := answer(info)
		r.asked = true
		r.given = err == nil && len(certificate.Certificate) > 0
		return certificate, err
	}
	return r
}

// explain says what the broker's alert means for the certificate.
func (r *certificateRequest) explain(alert error) error {
	switch {
	case r.given:
		return fmt.Errorf("the broker refused the client certificate: %w", alert)
	case r.unsuitable != nil:
		return fmt.Errorf("the broker wants a client certificate and would not take those in Certificates (%v): %w", r.unsuitable, alert)
	}
	return fmt.Errorf("the broker wants a client certificate and was given none: set Certificates: %w", alert)
}

// isAlert reports whether err is what the broker ended the connection with.
func isAlert(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "remote error"
}

// A judgedConn is a connection whose broker asked for a client certificate. Its first Read may be
// told that the broker did not accept the answer.
type judgedConn struct {
	*tls.Conn
	request  *certificateRequest
	accepted atomic.Bool
}

func (c *judgedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.accepted.Store(true)
	}
	if isAlert(err) && !c.accepted.Load() {
		err = c.request.explain(err)
	}
	return n, err
}
