package brokertls

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
)

var errNoName = errors.New("the bridge chose the broker, so the name in its certificate is not known: set ServerName")

// New returns a function for Dialer.Secure. The function uses a copy of cfg with two changes:
// TLS 1.2 is the lowest version, and an empty ServerName becomes the host that is dialled. cfg may
// be nil, which means a zero Config.
//
// RootCAs must hold the authority of the brokers in a page and in a WASI guest, which have no
// authorities of their own; a page can't use its browser's. A native program without RootCAs trusts
// the system's.
//
// A handshake that fails returns an [*Error]. If ctx ended it, the error is ctx's cause. In TLS 1.3
// a broker judges the client's certificate after the handshake: then the first Read of the
// connection returns the [*Error].
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
		case err == nil && request.answer != ClientCertificateNotAsked:
			return &watchedConn{Conn: secured, request: request}, nil
		case err == nil:
			return secured, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		}
		return nil, judge(err, cfg, secured.ConnectionState(), request)
	}
}
