// Package filter applies a policy to one connection between a client and a broker: it parses requests,
// forwards what is allowed, answers what is not, and takes out of answers what the client may not see.
package filter

import (
	"context"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// Options are what a Filter works with.
type Options struct {
	// Rights returns what the client may do now. It is asked for each request, since a reload changes it.
	Rights func() *policy.Rights
	// Identity goes before the client_id: "identity/client_id". Empty: the client_id stays.
	Identity string
	// TopicName returns the name of a topic id. It may ask the cluster; known is false if that doesn't know.
	TopicName func(ctx context.Context, id [16]byte) (name string, known bool)
	// HeldSASL says that the bridge has authenticated: the client must not.
	HeldSASL bool
	// MaxRequest and MaxProduce bound requests, in bytes. 0: 1 MiB and 16 MiB.
	MaxRequest, MaxProduce int
	// Denied gets what was denied, or would have been by an observing policy. It may be nil.
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
type Filter struct{}

// New returns a Filter.
func New(o Options) *Filter { panic("not built yet") }

// Limit returns the largest size in bytes that the next request may have, given its first bytes after the
// length: API key and version.
func (f *Filter) Limit(key, version int16) int { panic("not built yet") }

// Request takes a request of the client, without its length. It returns what goes to the broker: a whole
// frame with its length, or nothing if the filter answers itself (see Local). An error, which is a
// *tunnel.CloseError, ends the connection.
func (f *Filter) Request(ctx context.Context, request []byte) (toBroker []byte, err error) {
	panic("not built yet")
}

// Full reports whether so many requests wait for answers that no further one may be read.
func (f *Filter) Full() bool { panic("not built yet") }

// Pending returns how many requests the broker has yet to answer.
func (f *Filter) Pending() int { panic("not built yet") }

// Response says how to pass on the broker's next answer, whose correlation id and size (without the
// length) it takes: with rewrite nil the frame goes to the client as it comes, otherwise rewrite takes the
// frame without its length, and returns a frame with its length. The error ends the connection: the answer
// answers nobody. Done must follow, after the answer was written.
func (f *Filter) Response(correlationID int32, size int) (rewrite func(answer []byte) ([]byte, error), err error) {
	panic("not built yet")
}

// Done says that the answer of the last Response was written to the client.
func (f *Filter) Done() { panic("not built yet") }

// Local returns the filter's own answers whose turn it is: frames with their lengths. The caller writes them
// to the client before anything else. It is called after each Request and each Done, under a lock with the
// writing, so that answers keep their order.
func (f *Filter) Local() []byte { panic("not built yet") }
