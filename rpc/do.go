package rpc

import (
	"context"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// Do sends a request over p and returns its response. It doesn't look for error codes in the
// response: each kind of response has them in other fields.
//
// Do uses the highest version that req and the broker have in common, and sets it in req; [AtMost]
// limits it. Before the first request on p, Do asks the broker for its versions, with ApiVersions.
//
// If the broker has no version of req, Do fails with a [*VersionError]. If the response can't be
// decoded, it fails with a [*ResponseError], and the connection stays open. Other errors are those of
// core.Pipeline.RoundTrip.
//
// Do waits while the broker throttles the client; see [Throttled]. A Produce with acks=0 gets no
// response: Do returns an empty one when the request is sent.
func Do(ctx context.Context, p *core.Pipeline, req kmsg.Request) (kmsg.Response, error) {
	c := clientOf(p)
	if err := c.gate.Acquire(ctx, 1); err != nil {
		return nil, c.notSent(err)
	}
	defer c.gate.Release(1)
	return c.do(ctx, req, 0)
}

// On returns a kmsg.Requestor that calls [Do] with p. kmsg's typed requests take one:
// req.RequestWith(ctx, rpc.On(p)).
func On(p *core.Pipeline) kmsg.Requestor { return requestor{p} }

type requestor struct{ *core.Pipeline }

func (r requestor) Request(ctx context.Context, req kmsg.Request) (kmsg.Response, error) {
	return Do(ctx, r.Pipeline, req)
}

// AtMost returns req with its highest version lowered to version, for [Do]. Fetch is a request that
// may need this: up to version 12 it names topics by name, from 13 on by ID.
func AtMost(version int16, req kmsg.Request) kmsg.Request {
	return limited{req, min(version, req.MaxVersion())}
}

type limited struct {
	kmsg.Request
	max int16
}

func (l limited) MaxVersion() int16 { return l.max }

// do is Do with a lowest version. The caller has acquired a unit of the gate.
func (c *client) do(ctx context.Context, req kmsg.Request, least int16) (kmsg.Response, error) {
	versions, err := c.negotiated(ctx)
	if err != nil {
		return nil, err
	}
	version, err := c.choose(versions, req, least)
	if err != nil {
		return nil, err
	}
	for l, ok := req.(limited); ok; l, ok = req.(limited) {
		req = l.Request
	}
	req.SetVersion(version)
	switch r := req.(type) {
	case *kmsg.ProduceRequest:
		if r.Acks == 0 {
			return c.post(ctx, req)
		}
	case *kmsg.ApiVersionsRequest:
		c.introduce(r)
	}
	payload, err := c.roundTrip(ctx, req)
	if err != nil {
		return nil, err
	}
	resp := req.ResponseKind()
	if err := c.decode(resp, payload); err != nil {
		return nil, err
	}
	c.noteThrottle(resp)
	return resp, nil
}

// post sends a request that gets no response, and returns an empty one.
func (c *client) post(ctx context.Context, req kmsg.Request) (kmsg.Response, error) {
	if err := c.waitThrottle(ctx); err != nil {
		return nil, err
	}
	b := c.encode(req)
	defer b.free()
	if err := c.pipeline.Post(ctx, b.payload()); err != nil {
		return nil, err
	}
	return req.ResponseKind(), nil
}

// roundTrip sends a request in the version set in it, and returns the response's payload.
func (c *client) roundTrip(ctx context.Context, req kmsg.Request) ([]byte, error) {
	if err := c.waitThrottle(ctx); err != nil {
		return nil, err
	}
	b := c.encode(req)
	defer b.free()
	return c.pipeline.RoundTrip(ctx, b.payload(), nil)
}

// A buffer holds a request while it is sent.
type buffer struct{ frame []byte }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func (c *client) encode(req kmsg.Request) *buffer {
	b := buffers.Get().(*buffer)
	b.frame = c.formatter.AppendRequest(b.frame[:0], req, 0) // the Pipeline sets the correlation id
	return b
}

// payload returns the request without its length.
func (b *buffer) payload() []byte { return b.frame[4:] }

// keptBuffer is the largest buffer, in bytes, that is kept for later use.
const keptBuffer = 256 << 10

func (b *buffer) free() {
	if cap(b.frame) <= keptBuffer {
		buffers.Put(b)
	}
}
