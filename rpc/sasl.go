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

// Authenticate authenticates p with a mechanism of franz-go: plain, scram, oauth and others. It
// returns how long that is good for, 0 meaning forever. Before that time is over Authenticate has to
// be called again (KIP-368), with the same user and mechanism, else the broker closes the
// connection. It waits for the requests of this package that are under way, and others wait for
// it, for a broker wants none in between.
//
// What the broker or the mechanism refuses is a [*SASLError]. The broker then closes the
// connection. A broker before 1.0, which has no SaslAuthenticate, is a [*VersionError].
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
		err = errors.New("the mechanism has the server begin, which Kafka's protocol can't")
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

// handshake asks for a mechanism. Since its version 1, tokens travel in SaslAuthenticate requests.
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

// A SASLError is an authentication that was refused, by the broker or, as with a server that doesn't
// know the password either, by the mechanism.
type SASLError struct {
	Addr      string
	Mechanism string
	Message   string // the broker's; empty if it has none
	Err       error  // a kerr.Error such as kerr.SaslAuthenticationFailed, or the mechanism's
}

func (e *SASLError) Error() string {
	s := fmt.Sprintf("kafkaio: SASL %s with %s: ", e.Mechanism, e.Addr)
	if e.Message != "" {
		s += printable.Text(e.Message) + ": "
	}
	return s + e.Err.Error()
}

// Unwrap returns the cause.
func (e *SASLError) Unwrap() error { return e.Err }
