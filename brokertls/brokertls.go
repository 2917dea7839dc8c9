package brokertls

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
)

var errNoName = errors.New("the bridge chose the broker, so the name that its certificate must have is not known: set ServerName")

// New returns what Dialer.Secure takes. It uses a copy of cfg, which may be nil, with these
// changes: TLS 1.2 is the least, and ServerName, where it is empty, is the host that is dialled.
//
// Without RootCAs a native program trusts the system's authorities. A page and a WASI guest have
// none, also where the browser does: RootCAs must hold the authority of the brokers.
//
// The handshake ends with ctx. A broker that asks for a client certificate gives its verdict on it
// after the handshake, in TLS 1.3: there the first Read fails, and says so.
func New(cfg *tls.Config) func(ctx context.Context, c net.Conn, host string) (net.Conn, error) {
	if cfg == nil {
		cfg = new(tls.Config)
	}
	cfg = cfg.Clone()
	cfg.MinVersion = max(cfg.MinVersion, tls.VersionTLS12)
	return func(ctx context.Context, c net.Conn, host string) (net.Conn, error) {
		cfg := cfg.Clone()
		if cfg.ServerName == "" {
			cfg.ServerName = host
		}
		if cfg.ServerName == "" && !cfg.InsecureSkipVerify {
			return nil, errNoName
		}
		request := watchRequest(cfg)
		secured := tls.Client(c, cfg)
		err := secured.HandshakeContext(ctx)
		switch {
		case err == nil && request.asked:
			return &judgedConn{Conn: secured, request: request}, nil
		case err == nil:
			return secured, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		}
		return nil, explain(err, secured.ConnectionState(), request)
	}
}
