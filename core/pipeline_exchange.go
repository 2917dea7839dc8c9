package core

import (
	"context"
	"fmt"
	"math"
	"time"
)

// An exchange is a request in flight, and then its response. It holds one of p.places until its
// caller has the result. If the caller has left, it holds the place until the response has come.
type exchange struct {
	id    int32
	begun int64         // when the call began; nanoseconds after epoch
	size  int           // bytes of the request, its length included
	batch int64         // the number of the request's batch
	dst   []byte        // the caller's buffer, and then the response
	err   error         // why there is no response
	done  chan struct{} // gets one value, when the exchange has ended
	ended bool
	left  bool // the caller has returned before the end
}

// shortestRequest is the size of an API key, a version and a correlation ID, in bytes.
const shortestRequest = 2 + 2 + 4

// send takes a place and queues the request. After an error, nothing is sent. It reports whether the
// caller must lead.
func (p *Pipeline) send(ctx context.Context, req, dst []byte, post bool) (e *exchange, leads bool, err error) {
	begun := p.now()
	k := p.conn.newSend(ctx, frameHeader+len(req))
	k.start = p.epoch.Add(time.Duration(begun))
	if len(req) < shortestRequest {
		return nil, false, k.refused(ErrMismatchArgument, fmt.Errorf("a request of %d bytes, at least %d were expected", len(req), shortestRequest))
	}
	if err := p.conn.checkMessage(&k, len(req), p.conn.options.MaxFrame); err != nil {
		return nil, false, err
	}
	if e, err = p.takePlace(&k); err != nil {
		return nil, false, err
	}
	*e = exchange{begun: begun, size: k.want, dst: dst[:0], done: e.done}
	leads, ok := p.start(ctx, e, req, post)
	if !ok {
		p.places <- e
		return nil, false, k.refused(ErrNoConnection, p.conn.whyClosed())
	}
	return e, leads, nil
}

// takePlace waits for a place. It fails if the context has ended, even if a place is free.
func (p *Pipeline) takePlace(k *call) (e *exchange, err error) {
	select {
	case e = <-p.places:
	default:
		select {
		case e = <-p.places:
		case <-k.ctx.Done():
			return nil, k.tooLate(newContextError(k.ctx, nil))
		case <-p.conn.closed:
			return nil, k.refused(ErrNoConnection, p.conn.whyClosed())
		}
	}
	if k.ctx.Err() != nil {
		p.places <- e
		return nil, k.tooLate(newContextError(k.ctx, nil))
	}
	if e == nil {
		e = &exchange{done: make(chan struct{}, 1)}
	}
	return e, nil
}

// start adds the request to the next batch, and starts a write unless one is under way. It reports
// whether the caller must lead. ok is false if the connection is broken.
func (p *Pipeline) start(ctx context.Context, e *exchange, req []byte, post bool) (leads, ok bool) {
	p.mu.Lock()
	if p.failed != nil {
		p.mu.Unlock()
		return false, false
	}
	e.id = p.nextID()
	if post {
		p.posted, p.lastPost = true, e.id
		p.next.posts = append(p.next.posts, e)
	} else {
		p.waiting[p.slot(e.id)] = e
	}
	alone := p.inFlight == 0 && p.most <= 1
	if p.inFlight == 0 {
		p.moved() // the stall timeout doesn't run from e.begun: the call may have waited for a place
		p.most = 0
	}
	p.inFlight++
	p.most = max(p.most, p.inFlight)
	p.next.add(req, e.id)
	e.batch = p.batches
	idle := !p.writing
	p.writing = true
	if idle && alone && p.takesAtOnce(ctx) {
		// The caller leads only after this write: while it writes, watch must see the connection end.
		p.mu.Unlock()
		idle = p.writeNext()
		p.mu.Lock()
	}
	leads = !post && p.takeLead()
	p.mu.Unlock()
	if idle {
		go p.flush()
	}
	return leads, true
}

// nextID returns an ID whose slot in p.waiting is free. One is: there are at least as many slots as
// places, and the exchange that asks holds a place but no slot.
func (p *Pipeline) nextID() int32 {
	for {
		p.lastID = (p.lastID + 1) & math.MaxInt32
		if p.waiting[p.slot(p.lastID)] == nil {
			return p.lastID
		}
	}
}

func (p *Pipeline) slot(id int32) int { return int(id) & (len(p.waiting) - 1) }

func (p *Pipeline) waitsFor(id int32) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.waiting[p.slot(id)]
	return e != nil && e.id == id
}

// claim removes the exchange with this ID from p.waiting. e is nil if its caller has left. known is
// false if no request with this ID is in flight. p.mu is held.
func (p *Pipeline) claim(id int32) (e *exchange, known bool) {
	e = p.waiting[p.slot(id)]
	if e == nil || e.id != id {
		return nil, false
	}
	p.waiting[p.slot(id)] = nil
	p.inFlight--
	if p.posted && id-p.lastPost > 0 { // the broker has read past the last post
		p.posted = false
	}
	if e.left {
		p.places <- e
		return nil, true
	}
	e.ended = true
	return e, true
}

// end ends an exchange without a response. p.mu is held.
func (p *Pipeline) end(e *exchange, err error) {
	p.inFlight--
	if e.left {
		p.places <- e
		return
	}
	e.ended, e.err = true, err
	e.done <- struct{}{}
}

// wait waits for the end of the exchange, or of ctx, and returns the call's result.
func (p *Pipeline) wait(ctx context.Context, e *exchange, post bool) ([]byte, error) {
	if ctx.Done() == nil {
		<-e.done
		return p.finish(e)
	}
	select {
	case <-e.done:
	case <-ctx.Done():
		if err := p.leave(ctx, e, post); err != nil {
			return nil, err
		}
		<-e.done
	}
	return p.finish(e)
}

// leave detaches a caller whose ctx has ended, and returns the call's error. It returns nil, and
// detaches nobody, if the exchange has ended.
func (p *Pipeline) leave(ctx context.Context, e *exchange, post bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.ended {
		return nil
	}
	unsent := e.batch == p.batches
	k := p.conn.newReceive(ctx, frameHeader)
	if unsent || post {
		k = p.conn.newSend(ctx, e.size)
	}
	k.start = p.epoch.Add(time.Duration(e.begun))
	k.deadline, _ = ctx.Deadline()
	e.left, e.dst = true, nil
	if unsent {
		p.withdraw(e)
	}
	return k.refused(k.failure, newContextError(ctx, nil))
}

// withdraw removes a request from the next batch, so that it is not sent. p.mu is held.
func (p *Pipeline) withdraw(e *exchange) {
	p.next.remove(e)
	if p.waiting[p.slot(e.id)] == e {
		p.waiting[p.slot(e.id)] = nil
	}
	p.inFlight--
	p.places <- e
}

// finish returns the exchange's result, and its place to p.places.
func (p *Pipeline) finish(e *exchange) (dst []byte, err error) {
	dst, err = e.dst, e.err
	if err != nil {
		dst = nil
	}
	e.dst, e.err = nil, nil
	p.places <- e
	return dst, err
}
