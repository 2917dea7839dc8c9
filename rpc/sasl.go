package rpc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/printable"
	"github.com/kafkaio/kafkaio/internal/saslexchange"
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
	lifetime, err = saslexchange.Authenticate(ctx, p.Addr(), m, c.do)
	if refused, ok := errors.AsType[*saslexchange.Error](err); ok {
		err = &SASLError{Addr: p.Addr(), Mechanism: m.Name(), Message: refused.Message, Err: refused.Err}
	}
	return lifetime, err
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
