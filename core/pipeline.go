package core

import (
	"context"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// DefaultStallTimeout is the stall timeout if PipelineOptions.StallTimeout is 0. It is the
	// default of Kafka's request.timeout.ms.
	DefaultStallTimeout = 30 * time.Second
	// DefaultMaxInFlight bounds the requests in flight if PipelineOptions.MaxInFlight is 0. Few
	// programs have more callers. A broker works on one request of a connection at a time, so the
	// others in flight only hide the network's latency.
	DefaultMaxInFlight = 256
)

// PipelineOptions configure a Pipeline. The zero value is ready to use.
type PipelineOptions struct {
	// MaxInFlight bounds the requests that wait for their responses, including those whose callers
	// have left. Further calls wait until one is answered. 0 means DefaultMaxInFlight.
	MaxInFlight int
	// StallTimeout closes the connection if requests are in flight, and for so long no byte came in
	// and no slow write made progress. It must exceed the broker's longest answer: a broker answers
	// JoinGroup only when the whole group has joined. 0 means DefaultStallTimeout. NoTimeout means
	// no limit but the calls' contexts.
	StallTimeout time.Duration
}

// A Pipeline keeps many requests in flight on one Conn. It matches responses to requests by
// correlation ID, in any order. Several goroutines may use it; requests are sent in the order of the
// calls.
//
// A call ends when its context does. That leaves the other calls alone: the request is still sent
// whole, if sending had begun, and its late response is dropped.
//
// When the connection breaks, all calls in flight fail with the same *[Error], that of the send or
// the receive that broke it. Every later call fails with [ErrNoConnection].
type Pipeline struct {
	conn   *Conn
	stall  time.Duration  // 0: none
	places chan *exchange // an exchange to reuse, or nil, for each request that may still be sent
	values sync.Map

	epoch time.Time
	quiet atomic.Int64 // when a byte last came or went, or a request ended the idle state; nanoseconds after epoch

	mu       sync.Mutex
	failed   error       // the error of those in flight when the connection broke; nil before
	waiting  []*exchange // those that wait for a response, at their ID modulo the length
	inFlight int         // exchanges in waiting, and posts not sent yet
	most     int         // the highest inFlight since it was 0
	lastID   int32
	posted   bool // a post was sent, and no later request is answered: the broker may not have read it
	lastPost int32

	reading  bool          // a goroutine leads, or is about to
	leads    int64         // how often a caller has begun to lead
	relieve  bool          // watch is to lead when the leading caller ends
	takeOver chan struct{} // makes watch lead; p.reading stays set

	next    batch  // requests for the next write
	spare   batch  // the storage of the last write, to be reused
	batches int64  // how many batches were taken to be written
	writing bool   // a goroutine writes
	flush   func() // writeAll, as a value, so that a go statement doesn't allocate it

	sendDeadline time.Time   // the stream's write deadline; the writing goroutine's
	large        incoming    // the leading goroutine's
	answered     []*exchange // the leading goroutine's: storage for deliverAll
}

// NewPipeline returns a Pipeline over c, and owns c from now on: only the Pipeline may use or close
// it. c's Timeout doesn't apply to the Pipeline.
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

// RoundTrip sends a request and returns its response.
//
// req begins with the API key (2 bytes), the version (2) and the correlation ID (4), without a length
// before them. RoundTrip sets the ID in the bytes it sends, not in req. The response begins with the
// correlation ID. RoundTrip appends it to dst[:0], so it allocates only if dst is too small; dst may
// be nil. It uses neither slice after it has returned.
//
// It fails with [ErrMismatchArgument] if req is shorter than 8 bytes or longer than the Conn's
// MaxFrame; with [ErrCannotSend] if ctx ended before req was handed to the transport; with
// [ErrCannotReceive] if ctx ended later; and otherwise with the error that broke the connection.
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

// Post sends a request that gets no response, which is Produce with acks=0. It returns when the
// transport has accepted all of it. If ctx ends first, Post fails with [ErrCannotSend], but a request
// that is being sent is still sent whole. Otherwise Post is like RoundTrip.
func (p *Pipeline) Post(ctx context.Context, req []byte) error {
	e, _, err := p.send(ctx, req, nil, true)
	if err == nil {
		_, err = p.wait(ctx, e, true)
	}
	return err
}

// Close closes the connection. Calls in flight fail at once, with [ErrNoConnection]. It may be called
// again.
func (p *Pipeline) Close() error {
	err := p.conn.Close()
	p.fail()
	return err
}

// Done returns a channel that is closed when the connection is.
func (p *Pipeline) Done() <-chan struct{} { return p.conn.closed }

// Addr returns the broker's address, the Conn's Options.Addr.
func (p *Pipeline) Addr() string { return p.conn.options.Addr }

// Value returns the value stored under key. If there is none, it stores and returns init's. A package
// that speaks a protocol over p keeps there what it negotiated for this connection. key must be
// comparable, and of a type of the caller's own, as for context.WithValue. Several goroutines may
// call init at once; the Pipeline keeps one result and drops the others.
func (p *Pipeline) Value(key any, init func() any) any {
	if v, ok := p.values.Load(key); ok {
		return v
	}
	v, _ := p.values.LoadOrStore(key, init())
	return v
}

// now returns the time, in nanoseconds after epoch.
func (p *Pipeline) now() int64 { return int64(time.Since(p.epoch)) }

// moved restarts the stall timeout, and returns the time.
func (p *Pipeline) moved() int64 {
	now := p.now()
	p.quiet.Store(now)
	return now
}

// stallLimit makes k's errors name the stall timeout as the limit, and since as the start.
func (p *Pipeline) stallLimit(k *call, since int64) {
	k.start = p.epoch.Add(time.Duration(since))
	if p.stall > 0 {
		k.deadline = k.start.Add(p.stall)
	}
}

// fail ends all exchanges in flight. The connection must be closed.
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
