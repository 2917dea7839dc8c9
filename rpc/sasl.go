package rpc

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/printable"
)

// Authenticate authenticates p with one of franz-go's mechanisms: plain, scram, oauth and others.
//
// lifetime is how long the broker accepts requests on p; 0 means without limit. Before it is over,
// call Authenticate again, with the same user and mechanism (KIP-368). Otherwise the broker closes the
// connection.
//
// A SASL exchange allows no other request inside it. So Authenticate waits until this package's
// requests on p are answered, and later requests wait for Authenticate.
//
// If the broker or the mechanism refuses, Authenticate fails with a [*SASLError], and the broker
// closes the connection. A broker older than Kafka 1.0 has no SaslAuthenticate: the error is then a
// [*VersionError].
func Authenticate(ctx context.Context, p *core.Pipeline, m sasl.Mechanism) (lifetime time.Duration, err error) {
	c := clientOf(p)
	if err := c.gate.Acquire(ctx, wholeGate); err != nil {
		return 0, c.notSent(err)
	}
	defer c.gate.Release(wholeGate)
	if err := c.handshake(ctx, m.Name()); err != nil {
		return 0, err
	}
	session, message, err := m.Authenticate(ctx, p.Addr())
	if err == nil && len(message) == 0 {
		err = errors.New("the mechanism wants the server to begin, which Kafka's protocol doesn't allow")
	}
	for done := false; err == nil; {
		var challenge []byte
		if challenge, lifetime, err = c.authenticate(ctx, m.Name(), message); err != nil {
			return 0, err
		}
		if done {
			return lifetime, nil
		}
		if done, message, err = session.Challenge(challenge); err == nil && done && len(message) == 0 {
			return lifetime, nil
		}
	}
	return 0, &SASLError{Addr: p.Addr(), Mechanism: m.Name(), Err: err}
}

// handshake asks for a mechanism with SaslHandshake. From its version 1 on, tokens travel in
// SaslAuthenticate requests.
func (c *client) handshake(ctx context.Context, mechanism string) error {
	req := kmsg.NewPtrSASLHandshakeRequest()
	req.Mechanism = mechanism
	resp, err := c.do(ctx, req, 1)
	if err != nil {
		return err
	}
	r := resp.(*kmsg.SASLHandshakeResponse)
	if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
		e := &SASLError{Addr: c.pipeline.Addr(), Mechanism: mechanism, Err: err}
		if len(r.SupportedMechanisms) > 0 {
			e.Message = "the broker has " + strings.Join(r.SupportedMechanisms, ", ")
		}
		return e
	}
	return nil
}

// authenticate sends one token and returns the broker's.
func (c *client) authenticate(ctx context.Context, mechanism string, token []byte) (challenge []byte, lifetime time.Duration, err error) {
	req := kmsg.NewPtrSASLAuthenticateRequest()
	req.SASLAuthBytes = token
	resp, err := c.do(ctx, req, 0)
	if err != nil {
		return nil, 0, err
	}
	r := resp.(*kmsg.SASLAuthenticateResponse)
	if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
		e := &SASLError{Addr: c.pipeline.Addr(), Mechanism: mechanism, Err: err}
		if r.ErrorMessage != nil {
			e.Message = *r.ErrorMessage
		}
		return nil, 0, e
	}
	const most = math.MaxInt64 / int64(time.Millisecond)
	return r.SASLAuthBytes, time.Duration(min(max(r.SessionLifetimeMillis, 0), most)) * time.Millisecond, nil
}

// A SASLError is an authentication that failed. Either the broker refused the client, or the mechanism
// refused the broker: SCRAM does if the broker can't prove that it knows the password.
type SASLError struct {
	Addr      string // the broker's
	Mechanism string // such as "SCRAM-SHA-512"
	Message   string // the broker's text; empty if it sent none
	Err       error  // a kerr.Error such as kerr.SaslAuthenticationFailed, or the mechanism's
}

func (e *SASLError) Error() string {
	s := fmt.Sprintf("kafkaio: SASL %s with %s: ", e.Mechanism, e.Addr)
	if e.Message != "" {
		s += printable.Text(e.Message) + ": "
	}
	return s + e.Err.Error()
}

// Unwrap returns Err.
func (e *SASLError) Unwrap() error { return e.Err }
