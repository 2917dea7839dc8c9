package rpc

import (
	"context"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// Do sends a request and returns its response. Errors that the broker reports are in the response,
// where each kind has them in places of its own.
//
// The request goes out in the highest version that it and the broker have in common, which Do sets
// in it; [AtMost] asks for a lower one. What versions the broker has is asked once per Pipeline,
// before its first request. A broker that has none in common with req is a [*VersionError]. A
// response that can't be understood is a [*ResponseError]; the connection stays open. Other errors
// are the Pipeline's.
//
// Where a broker throttles the client, the requests after that wait; see [Throttled]. A Produce
// request with acks=0, which has no response, gets an empty one once it is sent.
func Do(ctx context.Context, p *core.Pipeline, req kmsg.Request) (kmsg.Response, error) {
	c := clientOf(p)
	if err := c.gate.Acquire(ctx, 1); err != nil {
		return nil, c.notSent(err)
	}
	defer c.gate.Release(1)
	return c.do(ctx, req, 0)
}

// On returns p in the form that the typed requests of kmsg take: req.RequestWith(ctx, rpc.On(p)).
func On(p *core.Pipeline) kmsg.Requestor { return requestor{p} }

type requestor struct{ *core.Pipeline }

func (r requestor) Request(ctx context.Context, req kmsg.Request) (kmsg.Response, error) {
	return Do(ctx, r.Pipeline, req)
}

// AtMost returns req for a Do that uses no version higher than this one. A request may need that:
// Fetch names topics by their names up to version 12, and by their ids from then on.
func AtMost(version int16, req kmsg.Request) kmsg.Request {
	return limited{req, min(version, req.MaxVersion())}
}

type limited struct {
	kmsg.Request
	max int16
}

func (l limited) MaxVersion() int16 { return l.max }

// do is Do in no version below least. Who calls it has acquired a use.
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

// post sends a request that has no response, and returns an empty one.
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

// roundTrip sends a request in the version that it has, and returns the response payload.
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

// payload is the request without its length.
func (b *buffer) payload() []byte { return b.frame[4:] }

// keptBuffer is the size of a buffer, in bytes, over which it isn't kept for later use.
const keptBuffer = 256 << 10

func (b *buffer) free() {
	if cap(b.frame) <= keptBuffer {
		buffers.Put(b)
	}
}
