package client

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/saslexchange"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// requestOptions are those of one request on a socket, whose body is the call's bytes.
type requestOptions struct {
	APIKey     int16   `json:"apiKey"`
	APIVersion int16   `json:"apiVersion"`
	Timeout    float64 `json:"timeout"`
}

// request sends a request with the header that it wants, and returns the body of the response.
func (s *socket) request(ctx context.Context, call *port.Call) (any, error) {
	var o requestOptions
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	known, ok := apis[o.APIKey]
	if !ok {
		return nil, port.Mismatch(fmt.Sprintf("apiKey %d: Kafka has no such API that this client knows; use send and receive", o.APIKey))
	}
	if o.APIVersion < 0 || o.APIVersion > known.most {
		return nil, port.Mismatch(fmt.Sprintf("apiVersion %d: a version of %s from 0 to %d was expected", o.APIVersion, kmsg.NameForKey(o.APIKey), known.most))
	}
	mayWrite := writes(o.APIKey, o.APIVersion, call.Bytes)
	if s.client.options.ReadOnly && mayWrite {
		return nil, readOnlyError(kmsg.NameForKey(o.APIKey))
	}
	ctx, cancel := withTimeout(ctx, o.Timeout)
	defer cancel()
	return s.exchange(ctx, &rawRequest{o.APIKey, o.APIVersion, call.Bytes}, mayWrite)
}

// A rawRequest is a request whose body is encoded already, and whose response is decoded elsewhere.
type rawRequest struct {
	key, version int16
	body         []byte
}

func (r *rawRequest) Key() int16                  { return r.key }
func (r *rawRequest) MaxVersion() int16           { return apis[r.key].most }
func (r *rawRequest) SetVersion(version int16)    { r.version = version }
func (r *rawRequest) GetVersion() int16           { return r.version }
func (r *rawRequest) AppendTo(b []byte) []byte    { return append(b, r.body...) }
func (r *rawRequest) ReadFrom(b []byte) error     { r.body = b; return nil }
func (r *rawRequest) ResponseKind() kmsg.Response { return nil }

func (r *rawRequest) IsFlexible() bool {
	first := apis[r.key].flexible
	return first >= 0 && r.version >= first
}

// exchange sends a request and returns the body of its response. Once one that may write is under way, its failure
// leaves open what the broker did.
func (s *socket) exchange(ctx context.Context, req kmsg.Request, mayWrite bool) ([]byte, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, &kafkaio.Error{Code: kafkaio.ErrCannotSend, Op: "send", Err: context.Cause(ctx)}
	}
	s.correlation++
	f := kmsg.NewRequestFormatter(kmsg.FormatterClientID(s.client.options.ClientID))
	frame := f.AppendRequest(nil, req, s.correlation)
	if n, err := s.conn.Send(ctx, frame); err != nil {
		return nil, unknownOutcome(err, mayWrite && n > 0)
	}
	response, err := s.conn.ReadFrame(ctx, nil)
	if err != nil {
		return nil, unknownOutcome(err, mayWrite)
	}
	body, err := s.body(req, response)
	if err != nil {
		s.conn.Close()
		return nil, unknownOutcome(err, mayWrite)
	}
	return body, nil
}

func unknownOutcome(err error, unknown bool) error {
	e := *describe(err)
	e.OutcomeUnknown = unknown
	return &e
}

// body takes the header off a response: the correlation id, and tagged fields where the request is flexible.
// ApiVersions' header has none, in any version (KIP-511).
func (s *socket) body(req kmsg.Request, response []byte) ([]byte, error) {
	const apiVersions = 18
	if len(response) < 4 || int32(binary.BigEndian.Uint32(response)) != s.correlation {
		return nil, &kafkaio.Error{
			Code: kafkaio.ErrMismatchCorrelationID, Op: "receive",
			Err: errors.New("the response answers another request: receive what is left of one before the next"),
		}
	}
	body := response[4:]
	if !req.IsFlexible() || req.Key() == apiVersions {
		return body, nil
	}
	rest, ok := skipTags(body)
	if !ok {
		return nil, errors.New("the header of the response can't be decoded")
	}
	return rest, nil
}

// skipTags returns what follows tagged fields (KIP-482): a number of them, then for each a tag, a size and
// so many bytes.
func skipTags(b []byte) (rest []byte, ok bool) {
	number := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			ok = false
			return 0
		}
		b = b[n:]
		return v
	}
	ok = true
	for count := number(); ok && count > 0; count-- {
		number() // tag
		size := number()
		if size > uint64(len(b)) {
			return nil, false
		}
		b = b[size:]
	}
	return b, ok
}

// authenticate authenticates the connection, if the client has credentials.
func (s *socket) authenticate(ctx context.Context, addr string) error {
	mechanism, err := s.client.mechanism()
	if mechanism == nil || err != nil {
		return err
	}
	_, err = saslexchange.Authenticate(ctx, addr, mechanism, func(ctx context.Context, req kmsg.Request, least int16) (kmsg.Response, error) {
		req.SetVersion(least)
		body, err := s.exchange(ctx, req, false)
		if err != nil {
			return nil, err
		}
		resp := req.ResponseKind()
		return resp, resp.ReadFrom(body)
	})
	return err
}
