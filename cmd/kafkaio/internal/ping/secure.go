package ping

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/kafkaio/kafkaio/brokertls"
)

// secure puts TLS on the connection, where it is asked for.
func (v *attempt) secure(ctx context.Context) bool {
	secured := v.conn
	if v.options.TLS != nil {
		started := time.Now()
		stepCtx, cancel := v.step(ctx)
		defer cancel()
		var err error
		secured, err = brokertls.New(v.tlsConfig())(stepCtx, v.conn, v.host)
		took := time.Since(started)
		if err != nil {
			return v.fail(ctx, v.explainTLS(ctx, err), took)
		}
		v.done(TLS, took, v.describeTLS(secured))
	}
	v.peeked = &peekedConn{Conn: secured}
	return true
}

// tlsConfig is that of this connection: the name that is to be in the broker's certificate is that
// of the broker that was asked for, and no other's, unless the options say so.
func (v *attempt) tlsConfig() *tls.Config {
	c := v.options.TLS.Clone()
	if v.address() != v.report.Target && !v.options.SameServerName {
		c.ServerName = ""
	}
	return c
}

// describeTLS tells the version, and until when the certificate is valid.
func (v *attempt) describeTLS(c net.Conn) string {
	stated, ok := c.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return ""
	}
	state := stated.ConnectionState()
	text := tls.VersionName(state.Version)
	switch {
	case v.options.TLS.InsecureSkipVerify && v.options.TLS.VerifyConnection != nil:
		text += ", the certificate's name is not checked"
	case v.options.TLS.InsecureSkipVerify:
		text += ", the certificate is not checked"
	case len(state.PeerCertificates) > 0:
		text += ", certificate valid until " + state.PeerCertificates[0].NotAfter.Format(time.DateOnly)
	}
	return text
}
