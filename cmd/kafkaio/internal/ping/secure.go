package ping

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/kafkaio/kafkaio/brokertls"
)

// secure puts TLS on the connection, where it is asked for.
func (v *visit) secure(ctx context.Context) bool {
	secured := v.conn
	if v.options.TLS != nil {
		started := time.Now()
		stepCtx, cancel := v.step(ctx)
		defer cancel()
		var err error
		secured, err = brokertls.New(v.tlsConfig())(stepCtx, v.conn, v.host)
		took := time.Since(started)
		if err != nil {
			return v.fail(v.explainTLS(ctx, err), took)
		}
		v.done(TLS, took, v.describeTLS(secured))
	}
	v.head = &head{Conn: secured}
	return true
}

// A certificate is how the broker was answered that asked for the client's.
type certificate struct {
	asked, given bool
	unsuitable   error // why none was given, where there is one
}

// tlsConfig is that of this connection: the name that is to be in the broker's certificate is that
// of the broker that was asked for, and no other's.
func (v *visit) tlsConfig() *tls.Config {
	c := v.options.TLS.Clone()
	if v.address() != v.report.Target {
		c.ServerName = ""
	}
	c.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		v.certificate.asked = true
		for i := range c.Certificates {
			if v.certificate.unsuitable = info.SupportsCertificate(&c.Certificates[i]); v.certificate.unsuitable == nil {
				v.certificate.given = true
				return &c.Certificates[i], nil
			}
		}
		return new(tls.Certificate), nil
	}
	return c
}

// describeTLS tells the version, and until when the certificate is valid.
func (v *visit) describeTLS(c net.Conn) string {
	stated, ok := c.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return ""
	}
	state := stated.ConnectionState()
	text := tls.VersionName(state.Version)
	switch {
	case v.options.TLS.InsecureSkipVerify:
		text += ", the certificate is not checked"
	case len(state.PeerCertificates) > 0:
		text += ", certificate valid until " + state.PeerCertificates[0].NotAfter.Format(time.DateOnly)
	}
	return text
}
