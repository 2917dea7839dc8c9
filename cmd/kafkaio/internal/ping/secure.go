package ping

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/kafkaio/kafkaio/brokertls"
)

// secure does the TLS handshake if the options ask for TLS.
func (a *attempt) secure(ctx context.Context) bool {
	secured := a.conn
	if a.options.TLS != nil {
		started := time.Now()
		stepCtx, cancel := a.step(ctx)
		defer cancel()
		var err error
		secured, err = brokertls.New(a.tlsConfig())(stepCtx, a.conn, a.host)
		took := time.Since(started)
		if err != nil {
			return a.fail(ctx, a.explainTLS(ctx, err), took)
		}
		a.done(TLS, took, a.describeTLS(secured))
	}
	a.peeked = &peekedConn{Conn: secured}
	return true
}

// tlsConfig is that of this connection: the name that is to be in the broker's certificate is that
// of the broker that was asked for, and no other's, unless the options say so.
func (a *attempt) tlsConfig() *tls.Config {
	c := a.options.TLS.Clone()
	if a.address() != a.report.Target && !a.options.SameServerName {
		c.ServerName = ""
	}
	return c
}

// describeTLS returns the version of TLS and the end of the certificate's validity.
func (a *attempt) describeTLS(c net.Conn) string {
	stated, ok := c.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return ""
	}
	state := stated.ConnectionState()
	text := tls.VersionName(state.Version)
	switch {
	case a.options.TLS.InsecureSkipVerify && a.options.TLS.VerifyConnection != nil:
		text += ", the certificate's name is not checked"
	case a.options.TLS.InsecureSkipVerify:
		text += ", the certificate is not checked"
	case len(state.PeerCertificates) > 0:
		text += ", certificate valid until " + state.PeerCertificates[0].NotAfter.Format(time.DateOnly)
	}
	return text
}
