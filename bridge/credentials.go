package bridge

import (
	"context"
	"errors"
	"log/slog"
	"net"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/internal/saslexchange"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A Refusal is an error of Config.SASL that the client gets: its text, which says what to do and has no secret.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// credentials are the TLS and SASL that the bridge holds for connections to brokers. Its functions are nil
// where clients bring their own.
type credentials struct {
	secure    func(ctx context.Context, c net.Conn, host string) (net.Conn, error)
	mechanism func(ctx context.Context, who Identity) (sasl.Mechanism, error)
	log       *slog.Logger
}

// newCredentials reads the fields of a Config that are about credentials.
func newCredentials(c Config, log *slog.Logger) (credentials, error) {
	held := credentials{mechanism: c.SASL, log: log}
	if c.AskAsUser && c.SASL == nil {
		return held, errors.New("bridge: AskAsUser without SASL: set SASL, which returns the credentials of a user")
	}
	if c.SASL != nil && !c.AllowPlaintext {
		if c.TLS == nil {
			return held, errors.New("bridge: SASL without TLS: set TLS, so that nobody on the way reads the credentials; or AllowPlaintext, where nobody can listen")
		}
		if c.TLS.InsecureSkipVerify {
			return held, errors.New("bridge: SASL over TLS with InsecureSkipVerify: verify the brokers' certificates with RootCAs, so that nobody in a broker's place gets the credentials; or set AllowPlaintext, where nobody can get there")
		}
	}
	if c.TLS != nil {
		held.secure = brokertls.New(c.TLS)
	}
	return held, nil
}

// session returns the SASL of a connection that is to be made, and what the broker is shown first. It is nil
// where clients bring their own.
func (held credentials) session(ctx context.Context, to target, who identity) (*saslSession, authentication, *tunnel.CloseError) {
	if held.mechanism == nil {
		return nil, authentication{}, nil
	}
	s := &saslSession{credentials: held, addr: to.String(), who: who}
	first, refusal := s.prepare(ctx)
	return s, first, refusal
}

// hold puts the bridge's credentials on a connection to a broker at address to. On a refusal it has closed
// c. If c has no deadlines, the end of ctx closes it.
func (held credentials) hold(ctx context.Context, c net.Conn, to target, s *saslSession, first authentication) (*connection, *tunnel.CloseError) {
	if held.secure == nil && held.mechanism == nil {
		return &connection{Conn: c}, nil
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	made, refusal := held.negotiate(ctx, c, to, s, first)
	if refusal == nil && !stop() {
		refusal = dialRefusal(to.String(), "connect to "+to.String(), ctx.Err())
	}
	if refusal != nil {
		c.Close()
		return nil, refusal
	}
	return made, nil
}

func (held credentials) negotiate(ctx context.Context, c net.Conn, to target, s *saslSession, first authentication) (*connection, *tunnel.CloseError) {
	made := &connection{Conn: c, sasl: s}
	if held.secure != nil {
		secured, err := held.secure(ctx, c, to.host)
		if err != nil {
			return nil, credentialRefusal(ctx, tunnel.ReasonTLS, "set up TLS with "+to.String(), err)
		}
		made.Conn = secured
	}
	if s != nil {
		if refusal := s.begin(ctx, made.Conn, first); refusal != nil {
			return nil, refusal
		}
	}
	return made, nil
}

// A connection is one to a broker, with what the bridge holds for it.
type connection struct {
	net.Conn
	sasl *saslSession // nil: the bridge has not authenticated
}

// credentialRefusal says why TLS or SASL failed, in words that hold no secret.
func credentialRefusal(ctx context.Context, word, step string, err error) *tunnel.CloseError {
	if ctx.Err() != nil {
		return &tunnel.CloseError{Code: tunnel.CodeTimeout, Reason: word + ": the bridge could not " + step + " in time"}
	}
	if refused, ok := errors.AsType[*saslexchange.Error](err); ok {
		return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: word + ": the broker refused the bridge's credentials: " + causeText(refused)}
	}
	return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: word + ": the bridge could not " + step + ": " + causeText(err)}
}
