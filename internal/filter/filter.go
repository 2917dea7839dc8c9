// Package filter applies a policy to one connection between a client and a broker: it parses requests,
// forwards what is allowed, answers what is not, and takes out of answers what the client may not see.
//
// What it forwards is its own encoding of what it parsed, never the client's bytes: kmsg and Kafka could
// read those differently. Tags that kmsg doesn't know are dropped, and what can't be parsed ends the
// connection. An API without a handler here is denied, whatever the policy says.
package filter

import (
	"context"
	"fmt"
	"net"
	"reflect"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/clientid"
	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// Options are what a Filter works with.
type Options struct {
	// Rights returns what the client may do now. It is asked for each request, since a reload changes it.
	Rights func() *policy.Rights
	// Identity goes before the client_id: "identity/client_id". Empty: the client_id stays.
	Identity string
	// TopicNames returns the names of topic ids, without those that the cluster doesn't know. It may ask the
	// cluster, and so is called once for a request.
	TopicNames func(ctx context.Context, ids [][16]byte) map[[16]byte]string
	// HeldSASL says that the bridge has authenticated: the client must not.
	HeldSASL bool
	// MaxRequest and MaxProduce bound requests, in bytes. 0: 1 MiB and 16 MiB.
	MaxRequest, MaxProduce int
	// Denied gets what was denied, or would have been by an observing policy: at most 100 times for one
	// request. It may be nil.
	Denied func(Denial)
}

// A Denial is something that a client was not allowed.
type Denial struct {
	API      string // such as Produce
	Version  int16
	Resource string // "topic orders", "group g", "transactional id t"; empty: the API itself
	Observed bool   // it was let through
}

// A Filter is for one connection. Request, and Response with Done, may be called by one goroutine each.
type Filter struct {
	options Options
	rights  func() rights
	queue   queue
	share   shareSessions
}

// A Rewrite takes a broker's answer, a frame without its length, and returns what the client gets: a frame with its
// length. It passes ctx to Options.TopicNames. Its error is a *tunnel.CloseError, which ends the connection.
type Rewrite = func(ctx context.Context, answer []byte) ([]byte, error)

// New returns a Filter.
func New(o Options) *Filter {
	if o.MaxRequest == 0 {
		o.MaxRequest = 1 << 20
	}
	if o.MaxProduce == 0 {
		o.MaxProduce = 16 << 20
	}
	return &Filter{options: o, rights: func() rights { return o.Rights() }, share: shareSessions{}}
}

// Limit returns the largest size in bytes that the next request may have, given its first bytes after the
// length: API key and version.
func (f *Filter) Limit(key, _ int16) int {
	if key == keyProduce {
		return f.options.MaxProduce
	}
	return f.options.MaxRequest
}

// Request takes a request of the client, without its length. It returns what goes to the broker: a whole
// frame with its length, or nothing if the filter answers itself (see Local). An error, which is a
// *tunnel.CloseError, ends the connection, after what it returns beside it was sent: what is allowed of a
// Produce that wants no answer still goes out.
//
// The first part of the frame is a buffer of bufferpool's. Others may refer to request, of which the filter
// itself keeps nothing.
func (f *Filter) Request(ctx context.Context, request []byte) (toBroker net.Buffers, err error) {
	h, rest, err := parseHeader(request)
	if err != nil {
		return nil, deny("a request can't be read: %v", err)
	}
	req := kmsg.RequestForKey(h.key)
	if req == nil {
		return nil, deny("API key %d is unknown", h.key)
	}
	name := policy.APIName(h.key)
	if h.version < 0 || h.version > req.MaxVersion() {
		if h.key == keyApiVersions && h.version > 0 {
			f.answer(h, unsupportedApiVersions(req.MaxVersion()))
			return nil, nil
		}
		return nil, deny("%s version %d is unknown, the highest is %d", name, h.version, req.MaxVersion())
	}
	req.SetVersion(h.version)
	if h.key == keyControlledShutdown && h.version == 0 { // has a header of its own
		return nil, deny("%s version 0 is only for brokers", name)
	}
	body, err := h.parseClientID(rest, req.IsFlexible())
	if err == nil {
		err = readRequest(req, body)
	}
	if err != nil {
		return nil, deny("%s version %d can't be read: %v", name, h.version, err)
	}
	c := &call{filter: f, ctx: ctx, key: h.key, version: h.version, name: name, req: req}
	c.askNames(topicIDs(reflect.ValueOf(req).Elem()))
	c.rights = f.rights() // after the cluster was asked, which takes time
	c.decide()
	silent := unanswered(req)
	if silent && (c.local != nil || len(c.denied) > 0) {
		err = deny("Produce without acks to what the policy doesn't allow")
	}
	if c.local != nil {
		if !silent {
			c.addDenied(c.local)
			f.answer(h, c.local)
		}
		return nil, err
	}
	h.clientID = clientid.For(f.options.Identity, h.clientID)
	toBroker = requestFrame(h, c.req, len(request)+len(f.options.Identity)+64)
	c.req, c.ctx, c.names = nil, nil, nil // they are of the request
	if !silent {
		e := entry{correlationID: h.correlationID, size: c.size}
		if len(c.denied) > 0 || len(c.rewrites) > 0 {
			e.rewrite = c.rewrite
		}
		f.queue.push(e)
	}
	return toBroker, err
}

// answer puts the filter's own answer in the queue.
func (f *Filter) answer(h header, resp kmsg.Response) {
	f.queue.push(entry{correlationID: h.correlationID, local: appendResponse(nil, h.correlationID, resp)})
}

// Full reports whether so many requests wait for answers that no further one may be read.
func (f *Filter) Full() bool { return f.queue.full() }

// Held returns how many bytes the requests hold that wait for answers.
func (f *Filter) Held() int { return f.queue.held() }

// Pending returns how many requests the broker has yet to answer.
func (f *Filter) Pending() int { return f.queue.pending() }

// Response says how to pass on the broker's next answer, whose correlation id and size (without the
// length) it takes: with rewrite nil the frame goes to the client as it comes. The error ends the connection:
// the answer answers nobody. Done must follow, after the answer was written.
func (f *Filter) Response(correlationID int32, size int) (rewrite Rewrite, err error) {
	e, ok := f.queue.answered(correlationID)
	if !ok || size < 4 {
		return nil, broken("an answer of the broker belongs to no request")
	}
	return e.rewrite, nil
}

// Done says that the answer of the last Response was written to the client.
func (f *Filter) Done() { f.queue.done() }

// Local returns the filter's own answers whose turn it is: frames with their lengths. The caller writes them
// to the client before anything else. It is called after each Request and each Done, under a lock with the
// writing, so that answers keep their order.
func (f *Filter) Local() []byte { return f.queue.local() }

// deny returns the error that ends a connection because of what the client sent.
func deny(format string, args ...any) error {
	return &tunnel.CloseError{Code: tunnel.CodeDenied, Reason: tunnel.ReasonDenied + ": " + fmt.Sprintf(format, args...)}
}

// broken returns the error that ends a connection because of what the broker sent.
func broken(format string, args ...any) error {
	return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: "reset: " + fmt.Sprintf(format, args...)}
}
