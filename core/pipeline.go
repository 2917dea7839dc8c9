package core

import (
	"context"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// DefaultStallTimeout is how long a broker may say nothing while it has requests to answer:
	// Kafka's request.timeout.ms.
	DefaultStallTimeout = 30 * time.Second
	// DefaultMaxInFlight is more than the callers that most programs have. A broker works on one
	// request of a connection at a time, so that what is in flight beyond that hides the way there
	// and back.
	DefaultMaxInFlight = 256
)

// PipelineOptions are what NewPipeline can be told.
type PipelineOptions struct {
	// MaxInFlight bounds the requests that wait for their answers, those whose callers have left
	// included. Further calls wait for a place. 0 means DefaultMaxInFlight.
	MaxInFlight int
	// StallTimeout ends the connection when requests are in flight and nothing has come, and
	// nothing could be sent, for so long. 0 means DefaultStallTimeout. It has to exceed what a
	// broker may take to answer: JoinGroup is answered when the whole group has joined. With
	// NoTimeout only the contexts of the calls bound them.
	StallTimeout time.Duration
}

// A Pipeline has many requests in flight on one Conn, and gives each answer to the call that waits
// for it, by the correlation id, in whatever order they come. Its methods may be called by several
// goroutines; requests are sent in the order of the calls.
//
// A call ends with its context, which leaves the others alone: an answer that comes later is
// dropped. What was handed over to be sent is sent whole, for half a request would break the
// connection. A broken connection fails all calls in flight with the same *Error, that of the send
// or the receive that broke it, and every call after them with ErrNoConnection.
type Pipeline struct {
	conn   *Conn
	stall  time.Duration  // 0: none
	places chan *exchange // of those that may be in flight, the free ones; nil until it was used
	values sync.Map

	epoch time.Time
	quiet atomic.Int64 // since when nothing came, went or was asked for; after epoch, in nanoseconds

	mu       sync.Mutex
	failed   error       // what those in flight got when the connection broke
	waiting  []*exchange // for their answers; by id, modulo the length
	inFlight int         // those waiting, and posts that are not sent
	most     int         // inFlight at its highest since it was 0
	lastID   int32
	posted   bool // a post was sent, and who knows whether the broker has read it
	lastPost int32

	reading  bool          // somebody leads, or is about to
	leads    int64         // how often a caller has begun to lead
	relieve  bool          // the Pipeline's goroutine wants to lead next
	takeOver chan struct{} // has it lead; p.reading stays set

	next    batch  // what the next write takes
	spare   batch  // what the last one took, to be used again
	batches int64  // how many were taken to be written
	writing bool   // somebody writes
	flush   func() // writeAll, as a value that a go statement needn't allocate

	sendDeadline time.Time   // of the stream; it belongs to who writes
	large        incoming    // it belongs to who leads
	answered     []*exchange // likewise: storage for those that are answered together
}

// NewPipeline returns a Pipeline over c, which it owns from now on. The Timeout of c doesn't apply
// to it.
func NewPipeline(c *Conn, o PipelineOptions) *Pipeline {
	if o.MaxInFlight <= 0 {
		o.MaxInFlight = DefaultMaxInFlight
	}
	if o.StallTimeout == 0 {
		o.StallTimeout = DefaultStallTimeout
	}
	p := &Pipeline{
		conn:     c,
		stall:    max(o.StallTimeout, 0),
		places:   make(chan *exchange, o.MaxInFlight),
		epoch:    time.Now(),
		waiting:  make([]*exchange, 1<<bits.Len(uint(o.MaxInFlight-1))),
		takeOver: make(chan struct{}, 1),
	}
	for range o.MaxInFlight {
		p.places <- nil
	}
	p.flush = p.writeAll
	c.sending.arm(context.Background(), time.Time{}) // no deadline is left from earlier
	c.ahead.enlarge(pipelineAhead)
	go p.watch()
	return p
}

// RoundTrip sends a request and returns its response. req begins with the API key, the version
// and the correlation id, in 2, 2 and 4 bytes, and has no length before it; the id is set in what
// is sent, and req stays as it is. The response, which begins with the correlation id, is put
// into the storage of dst, which is replaced where it is too small. Neither is used once RoundTrip
// has returned.
//
// It fails with ErrMismatchArgument if req is too short or over the Conn's MaxFrame; with
// ErrCannotSend if ctx ended before anything was sent; with ErrCannotReceive if it ended later; and
// with what broke the connection.
func (p *Pipeline) RoundTrip(ctx context.Context, req, dst []byte) ([]byte, error) {
	e, leads, err := p.send(ctx, req, dst, false)
	if err != nil {
		return nil, err
	}
	if leads {
		p.lead(ctx, e)
		p.endLead()
	}
	return p.wait(ctx, e, false)
}

// Post sends a request that will have no response, Produce with acks=0, and returns when the
// transport has taken it. Otherwise it is like RoundTrip. If ctx ends, which is
// ErrCannotSend, a request that is being sent by then is sent all the same.
func (p *Pipeline) Post(ctx context.Context, req []byte) error {
	e, _, err := p.send(ctx, req, nil, true)
	if err == nil {
		_, err = p.wait(ctx, e, true)
	}
	return err
}

// Close closes the connection. Calls in flight fail with ErrNoConnection at once.
func (p *Pipeline) Close() error {
	err := p.conn.Close()
	p.fail()
	return err
}

// Done is closed when the connection is.
func (p *Pipeline) Done() <-chan struct{} { return p.conn.closed }

// Addr returns the broker's address, as the Conn has it.
func (p *Pipeline) Addr() string { return p.conn.options.Addr }

// Value returns what is kept under key, which must be comparable and should be of a type of the
// caller's own; if nothing is, it keeps what init returns. What a protocol negotiates holds for
// one connection: so a package that speaks one keeps it here, for as long as the connection is
// used, without a table of connections of its own. init may be called in vain.
func (p *Pipeline) Value(key any, init func() any) any {
	if v, ok := p.values.Load(key); ok {
		return v
	}
	v, _ := p.values.LoadOrStore(key, init())
	return v
}

// now is a point in time as quiet has it.
func (p *Pipeline) now() int64 { return int64(time.Since(p.epoch)) }

// moved notes that the connection isn't stalled, and returns when that was.
func (p *Pipeline) moved() int64 {
	now := p.now()
	p.quiet.Store(now)
	return now
}

// stallLimit says in errors of k what it was allowed, and since when.
func (p *Pipeline) stallLimit(k *call, since int64) {
	k.start = p.epoch.Add(time.Duration(since))
	if p.stall > 0 {
		k.deadline = k.start.Add(p.stall)
	}
}

// fail ends what is in flight, because the connection is closed.
func (p *Pipeline) fail() {
	why := p.conn.whyClosed()
	var err error
	if why.reason != nil {
		err = why.reason
	} else {
		k := p.conn.newReceive(context.Background(), 0)
		k.start = time.Now()
		err = k.refused(ErrNoConnection, why)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil {
		return
	}
	p.failed = err
	for i, e := range p.waiting {
		if e != nil {
			p.waiting[i] = nil
			p.end(e, err)
		}
	}
	p.endPosts(&p.next, err)
	p.next = batch{}
}
