package ping

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/kafkaio/kafkaio/brokertls"
)

// secure puts TLS on the connection, where it is asked for.
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
// of the broker that was asked for, and no other's.
func (a *attempt) tlsConfig() *tls.Config {
	c := a.options.TLS.Clone()
	if a.address() != a.report.Target {
		c.ServerName = ""
	}
	return c
}

// describeTLS tells the version, and until when the certificate is valid.
func (a *attempt) describeTLS(c net.Conn) string {
	stated, ok := c.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return ""
	}
	state := stated.ConnectionState()
	text := tls.VersionName(state.Version)
	switch {
	case a.options.TLS.InsecureSkipVerify:
		text += ", the certificate is not checked"
	case len(state.PeerCertificates) > 0:
		text += ", certificate valid until " + state.PeerCertificates[0].NotAfter.Format(time.DateOnly)
	}
	return text
}
