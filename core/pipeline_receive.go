package core

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"
)

// Answers are received by whoever waits for one and finds that nobody else receives: it leads.
// A leader gives the others their answers, until its own has come; then one of those that still
// wait is the next. So a lone caller reads its answer itself, without a change of goroutine. While
// nobody waits, the Pipeline's own goroutine leads: it sees a connection end that isn't used, and
// takes the answers whose callers have left.
//
// To lead is to have the turn of the Conn's receiving half.

const (
	// pipelineAhead is the size of the buffer that is read into, in bytes: 256 small answers.
	pipelineAhead = 32 << 10
	// watchPause is for how long nobody has led when the Pipeline's goroutine does.
	watchPause = 10 * time.Millisecond
)

// watch leads while nobody else does, until the connection is closed.
func (p *Pipeline) watch() {
	pause := time.NewTimer(watchPause)
	defer pause.Stop()
	for before := int64(0); ; pause.Reset(watchPause) {
		select {
		case <-pause.C:
		case <-p.conn.closed:
			p.fail()
			return
		}
		if leads := p.leads.Load(); leads != before {
			before = leads
			continue
		}
		select {
		case p.conn.receiving.turn <- struct{}{}:
			p.lead(context.Background(), nil)
			p.conn.receiving.endTurn()
		case <-p.conn.closed:
		}
		before = p.leads.Load()
	}
}

// lead receives answers until the exchange has its own or, if that is nil, until a caller has got
// one and may want to lead, but in both cases those that have come already; or until ctx ends, or
// the connection breaks.
func (p *Pipeline) lead(ctx context.Context, own *exchange) {
	p.leads.Add(1)
	now := p.now()
	deadline, err := p.armReceive(ctx, max(p.stallsAt(now), now+int64(glimpse)))
	k := p.conn.newReceive(context.Background(), frameHeader)
	for wanted := false; err == nil && ctx.Err() == nil; {
		served := wanted
		if own != nil {
			served = len(own.done) > 0
		}
		if served && (p.large.want > 0 || !p.conn.ahead.hasFrame()) {
			return
		}
		var e *exchange
		if e, err = p.receive(&k); err == nil {
			wanted = wanted || e != nil
		} else if isTimeout(err) {
			if ctx.Err() != nil {
				return
			}
			deadline, err = p.goOn(ctx, deadline, err)
		}
	}
	if err != nil {
		p.stallLimit(&k, p.quiet.Load())
		k.failed(p.got(&k), err)
		p.fail()
	}
}

// armReceive sets the deadline of who leads, and has the end of ctx interrupt it.
func (p *Pipeline) armReceive(ctx context.Context, deadline int64) (int64, error) {
	var at time.Time
	if p.stall > 0 {
		at = p.epoch.Add(time.Duration(deadline))
	}
	return deadline, p.conn.receiving.arm(ctx, at)
}

// goOn sets the next deadline when one has passed, and returns timeout if the connection is stalled.
func (p *Pipeline) goOn(ctx context.Context, deadline int64, timeout error) (int64, error) {
	now := p.now()
	if p.stall == 0 || now < deadline { // it is the transport's own
		return deadline, timeout
	}
	next := p.stallsAt(now)
	if next <= now {
		return deadline, timeout
	}
	return p.armReceive(ctx, next)
}

// stallsAt returns when the connection will be stalled, or was.
func (p *Pipeline) stallsAt(now int64) int64 {
	p.mu.Lock()
	idle, writing := p.inFlight == 0, p.writing
	p.mu.Unlock()
	switch {
	case idle:
		return now + int64(p.stall)
	case writing: // which gets the time to fail first, for that says more
		return p.quiet.Load() + int64(p.stall+p.stall/10)
	}
	return p.quiet.Load() + int64(p.stall)
}

// receive receives an answer and gives it to the exchange that it returns, or drops it and returns
// nil. If it fails it can be called again, and goes on where it was; it tells k how many bytes there
// should be, and what it is when they are others.
func (p *Pipeline) receive(k *call) (*exchange, error) {
	l, a := &p.large, &p.conn.ahead
	if l.want == 0 {
		n, id, err := p.receiveHeader(k)
		switch {
		case err != nil:
			return nil, err
		case !p.waitsFor(id):
			k.want, k.failure = 0, ErrMismatchCorrelationID
			return nil, fmt.Errorf("correlation id %d is of no request in flight", id)
		case frameHeader+n <= len(a.buf):
			return p.receiveSmall(n, id)
		}
		a.r += frameHeader
		l.id, l.want, l.got = id, n, 0
	}
	var err error
	l.payload, l.got, err = p.conn.fill(arrivals{p}, l.payload, l.got, l.want)
	if err != nil {
		return nil, err
	}
	return p.deliverLarge(), nil
}

// got is how many bytes have come of what receive is at.
func (p *Pipeline) got(k *call) int {
	if p.large.want > 0 {
		return frameHeader + p.large.got
	}
	return min(p.conn.ahead.size(), max(k.want, frameHeader))
}

// correlationIDSize is that of the id at the start of a response, in bytes.
const correlationIDSize = 4

// receiveHeader returns the length of a response, and its correlation id, but leaves them unread.
func (p *Pipeline) receiveHeader(k *call) (n int, id int32, err error) {
	k.want = frameHeader
	a := &p.conn.ahead
	if err := a.need(arrivals{p}, frameHeader); err != nil {
		return 0, 0, err
	}
	header := [frameHeader]byte(a.unread())
	n = int(int32(binary.BigEndian.Uint32(header[:])))
	err = checkLength(header, n, p.conn.options.MaxFrame)
	if err == nil && n < correlationIDSize {
		err = fmt.Errorf("a response of %d bytes has no correlation id", n)
	}
	if err != nil {
		k.want = 0
		return 0, 0, err
	}
	k.want = frameHeader + n
	if err := a.need(arrivals{p}, frameHeader+correlationIDSize); err != nil {
		return 0, 0, err
	}
	return n, int32(binary.BigEndian.Uint32(a.unread()[frameHeader:])), nil
}

// receiveSmall receives an answer that the buffer has room for.
func (p *Pipeline) receiveSmall(n int, id int32) (*exchange, error) {
	a := &p.conn.ahead
	if err := a.need(arrivals{p}, frameHeader+n); err != nil {
		return nil, err
	}
	e := p.claim(id)
	if e != nil {
		e.dst = append(e.dst, a.unread()[frameHeader:frameHeader+n]...)
		e.done <- struct{}{}
	}
	a.r += frameHeader + n
	return e, nil
}

// An incoming is an answer that is larger than the buffer. It outlives who leads, as the buffer
// does.
type incoming struct {
	id        int32
	payload   []byte
	got, want int // bytes of payload; want is 0 while there is no such answer
}

// deliverLarge hands over p.large, with its storage if the caller's is too small.
func (p *Pipeline) deliverLarge() *exchange {
	l := &p.large
	e := p.claim(l.id)
	switch {
	case e == nil:
	case cap(e.dst) < l.want:
		e.dst, l.payload = l.payload, nil
		e.done <- struct{}{}
	default:
		e.dst = append(e.dst, l.payload...)
		e.done <- struct{}{}
	}
	if cap(l.payload) > keptBuffer {
		l.payload = nil
	}
	l.want = 0
	return e
}

// arrivals are the stream's, and note that it isn't stalled.
type arrivals struct{ *Pipeline }

func (a arrivals) Read(b []byte) (int, error) {
	n, err := a.conn.stream.Read(b)
	if n > 0 {
		a.moved()
	}
	return n, err
}
