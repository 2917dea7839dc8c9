package bridge

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/saslexchange"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// maxSASLAnswer is the largest answer in bytes during an authentication. Those that brokers send have
	// a few kilobytes.
	maxSASLAnswer = 256 << 10
	// earliestRenewal is the shortest time between two authentications of a connection. A broker takes no
	// second one within a second (KIP-368).
	earliestRenewal = 1100 * time.Millisecond
)

// A saslSession is the bridge's authentication on one connection.
type saslSession struct {
	credentials credentials
	addr        string // the broker's
	who         identity

	correlationID int32
	versions      map[int16][2]int16 // by API key: the broker's lowest and highest
	renewAt       time.Time          // when to authenticate again; zero: never
}

// An exchange sends a frame, and returns the answer without its length.
type exchange func(ctx context.Context, frame []byte) (answer []byte, err error)

// An authentication is what a broker is shown next.
type authentication struct {
	mechanism sasl.Mechanism
	token     Secret // which it may show
}

// prepare returns the next authentication, or why there is none.
func (s *saslSession) prepare(ctx context.Context) (authentication, *tunnel.CloseError) {
	who := s.who()
	m, err := s.credentials.mechanism(ctx, who)
	if err == nil {
		return authentication{m, who.Token}, nil
	}
	if refusal, ok := errors.AsType[Refusal](err); ok {
		return authentication{}, denied("%s", causeText(refusal))
	}
	// The error may hold anything.
	s.credentials.log.Error("no credentials for a broker", "broker", s.addr, "identity", who.Name, "error", err)
	return authentication{}, &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: tunnel.ReasonSASL + ": the bridge has no credentials for " + s.addr + "; its log says why"}
}

// begin authenticates a new connection.
func (s *saslSession) begin(ctx context.Context, c net.Conn, a authentication) *tunnel.CloseError {
	over := func(ctx context.Context, frame []byte) ([]byte, error) {
		if _, err := c.Write(frame); err != nil {
			return nil, err
		}
		return readAnswer(c)
	}
	if err := s.learnVersions(ctx, over); err != nil {
		return credentialRefusal(ctx, tunnel.ReasonSASL, "ask "+s.addr+" for its versions", err)
	}
	return s.authenticate(ctx, a, over)
}

// authenticate goes through an exchange. A session that has begun can do so again, while the broker has no
// request to answer (KIP-368).
func (s *saslSession) authenticate(ctx context.Context, a authentication, over exchange) *tunnel.CloseError {
	began := time.Now()
	lifetime, err := saslexchange.Authenticate(ctx, s.addr, a.mechanism, func(ctx context.Context, req kmsg.Request, least int16) (kmsg.Response, error) {
		return s.do(ctx, over, req, least)
	})
	if err != nil {
		return credentialRefusal(ctx, tunnel.ReasonSASL, "authenticate to "+s.addr+" with "+a.mechanism.Name(), a.token.hideIn(err))
	}
	s.renewAt = renewal(began, lifetime)
	return nil
}

// renewal returns when to authenticate again: after 80 to 90 % of the lifetime, as Kafka's clients do
// (KIP-368), so that connections don't all do so at once.
func renewal(began time.Time, lifetime time.Duration) time.Time {
	if lifetime == 0 {
		return time.Time{}
	}
	part := 0.8 + 0.1*rand.Float64()
	return began.Add(max(earliestRenewal, time.Duration(float64(lifetime)*part)))
}

// isDue reports whether it is time to authenticate again.
func (s *saslSession) isDue() bool {
	return s != nil && !s.renewAt.IsZero() && !time.Now().Before(s.renewAt)
}

// learnVersions asks the broker for its versions, in version 0, which every broker has.
func (s *saslSession) learnVersions(ctx context.Context, over exchange) error {
	req := kmsg.NewPtrApiVersionsRequest()
	s.versions = map[int16][2]int16{req.Key(): {0, 0}}
	resp, err := s.do(ctx, over, req, 0)
	if err != nil {
		return err
	}
	versions := resp.(*kmsg.ApiVersionsResponse)
	if err := kerr.ErrorForCode(versions.ErrorCode); err != nil {
		return err
	}
	for _, k := range versions.ApiKeys {
		s.versions[k.ApiKey] = [2]int16{k.MinVersion, k.MaxVersion}
	}
	return nil
}

// do implements saslexchange.Do. It uses no version above 1: no later one has anything for a bridge, and
// their headers have tags.
func (s *saslSession) do(ctx context.Context, over exchange, req kmsg.Request, least int16) (kmsg.Response, error) {
	has, ok := s.versions[req.Key()]
	version := min(has[1], req.MaxVersion(), 1)
	if !ok || version < max(has[0], least) {
		return nil, fmt.Errorf("the broker has no %s that the bridge knows: it is older than Kafka 1.0, or has no SASL", kmsg.NameForKey(req.Key()))
	}
	req.SetVersion(version)
	s.correlationID++
	frame := kmsg.NewRequestFormatter(kmsg.FormatterClientID(bridgeClientID)).AppendRequest(nil, req, s.correlationID)
	answer, err := over(ctx, frame)
	if err != nil {
		return nil, err
	}
	if len(answer) < 4 || int32(binary.BigEndian.Uint32(answer)) != s.correlationID {
		return nil, core.ErrMismatchCorrelationID
	}
	resp := req.ResponseKind()
	if err := resp.ReadFrom(answer[4:]); err != nil {
		return nil, fmt.Errorf("%s: %w", kmsg.NameForKey(req.Key()), err)
	}
	return resp, nil
}

// readAnswer reads a frame from a connection on which nothing else is to come.
func readAnswer(c net.Conn) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the broker closed the connection: its listener may want TLS, or have no SASL")
		}
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxSASLAnswer {
		return nil, fmt.Errorf("the broker announces an answer of %d bytes, at most %d were expected: its listener may want TLS", n, maxSASLAnswer)
	}
	answer := make([]byte, n)
	_, err := io.ReadFull(c, answer)
	return answer, err
}
