// Package saslexchange authenticates to a broker with SaslHandshake and SaslAuthenticate requests, over
// whatever carries them.
package saslexchange

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/internal/printable"
)

// A Do sends a request in a version that the broker has, at least least, and returns its response.
type Do func(ctx context.Context, req kmsg.Request, least int16) (kmsg.Response, error)

// Authenticate goes through an exchange with the broker at addr. lifetime is how long the broker then
// accepts requests (KIP-368); 0 means without limit. If the broker or the mechanism refuses, the error
// is an [*Error]. Other errors are those of do.
func Authenticate(ctx context.Context, addr string, m sasl.Mechanism, do Do) (lifetime time.Duration, err error) {
	if err := handshake(ctx, m.Name(), do); err != nil {
		return 0, err
	}
	session, message, err := m.Authenticate(ctx, addr)
	if err == nil && len(message) == 0 {
		err = errors.New("the mechanism wants the server to begin, which Kafka's protocol doesn't allow")
	}
	for done := false; err == nil; {
		var challenge []byte
		if challenge, lifetime, err = authenticate(ctx, message, do); err != nil {
			return 0, err
		}
		if done {
			return lifetime, nil
		}
		if done, message, err = session.Challenge(challenge); err == nil && done && len(message) == 0 {
			return lifetime, nil
		}
	}
	return 0, &Error{Err: err}
}

// handshake asks for a mechanism with SaslHandshake. From its version 1 on, tokens travel in
// SaslAuthenticate requests.
func handshake(ctx context.Context, mechanism string, do Do) error {
	req := kmsg.NewPtrSASLHandshakeRequest()
	req.Mechanism = mechanism
	resp, err := do(ctx, req, 1)
	if err != nil {
		return err
	}
	r := resp.(*kmsg.SASLHandshakeResponse)
	if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
		e := &Error{Err: err}
		if len(r.SupportedMechanisms) > 0 {
			e.Message = "the broker has " + strings.Join(r.SupportedMechanisms, ", ")
		}
		return e
	}
	return nil
}

// authenticate sends one token and returns the broker's.
func authenticate(ctx context.Context, token []byte, do Do) (challenge []byte, lifetime time.Duration, err error) {
	req := kmsg.NewPtrSASLAuthenticateRequest()
	req.SASLAuthBytes = token
	resp, err := do(ctx, req, 0)
	if err != nil {
		return nil, 0, err
	}
	r := resp.(*kmsg.SASLAuthenticateResponse)
	if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
		e := &Error{Err: err}
		if r.ErrorMessage != nil {
			e.Message = *r.ErrorMessage
		}
		return nil, 0, e
	}
	const most = math.MaxInt64 / int64(time.Millisecond)
	return r.SASLAuthBytes, time.Duration(min(max(r.SessionLifetimeMillis, 0), most)) * time.Millisecond, nil
}

// An Error is an exchange that the broker or the mechanism refused.
type Error struct {
	Message string // the broker's text; empty if it sent none
	Err     error  // a kerr.Error, or the mechanism's
}

// Error returns the broker's text and the error.
func (e *Error) Error() string {
	if e.Message == "" {
		return e.Err.Error()
	}
	return printable.Text(e.Message) + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
