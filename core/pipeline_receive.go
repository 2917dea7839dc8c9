package core

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"
)

// Answers are received by one goroutine at a time: it leads. A caller that finds nobody leading
// does, until it has its own answer. So a lone caller reads its answer itself, without a change of
// goroutine. If others wait by then, the Pipeline's own goroutine leads, until a caller has been
// alone. It leads as well while nobody asks: it sees a connection end that isn't used, and takes
// the answers whose callers have left.
//
// To lead is to have set p.reading.

const (
	// pipelineAhead is the size of the buffer that is read into, in bytes: 256 small answers.
	pipelineAhead = 32 << 10
	// watchPause is for how long nobody has led when the Pipeline's goroutine does.
	watchPause = 10 * time.Millisecond
)

// watch leads when it is told to, and while nobody asks, until the connection is closed.
func (p *Pipeline) watch() {
	pause := time.NewTimer(watchPause)
	defer pause.Stop()
	for before := int64(0); ; {
		select {
		case <-p.takeOver:
			p.lead(context.Background(), nil)
		case <-pause.C:
			var takes, again bool
			if before, takes, again = p.takeIdle(before); takes {
				p.lead(context.Background(), nil)
			} else if !again {
				continue
			}
		case <-p.conn.closed:
			p.fail()
			return
		}
		pause.Reset(watchPause)
	}
}

// takeIdle begins to lead if no caller has begun to since leads was before. If the same caller
// leads all the time, the Pipeline's goroutine is to relieve it when it ends, and needn't look again.
func (p *Pipeline) takeIdle(before int64) (leads int64, takes, again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	same := p.leads == before
	takes = same && !p.reading
	p.relieve = same && p.reading
	p.reading = p.reading || takes
	return p.leads, takes, !p.relieve
}

// takeLead begins to lead, for a caller, and reports false if somebody does. p.mu is held.
func (p *Pipeline) takeLead() bool {
	if p.reading {
		return false
	}
	p.reading = true
	p.leads++
	return true
}

// lead receives answers until the exchange has its own and all that came with it are delivered. If
// own is nil it goes on until a caller has been alone. In both cases it stops when ctx ends or the
// connection breaks.
func (p *Pipeline) lead(ctx context.Context, own *exchange) {
	now := p.now()
	deadline, err := p.armReceive(ctx, max(p.stallsAt(now), now+int64(glimpse)))
	k := p.conn.newReceive(context.Background(), frameHeader)
	for err == nil && ctx.Err() == nil {
		if own != nil && len(own.done) > 0 && (p.large.want > 0 || !p.conn.ahead.hasFrame()) {
			return
		}
		var ends bool
		if ends, err = p.receive(&k, own == nil); ends {
			return
		} else if err != nil && isTimeout(err) {
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

// endLead has the Pipeline's goroutine lead after a caller, if others wait.
func (p *Pipeline) endLead() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reading = p.inFlight > 0 || p.relieve
	if p.reading {
		p.relieve = false
		p.takeOver <- struct{}{}
	}
}

// endWatch reports whether the Pipeline's goroutine has to let the next caller lead, and then no
// longer leads. p.mu is held.
func (p *Pipeline) endWatch() bool {
	if p.inFlight > 0 || p.most > 1 {
		return false
	}
	p.reading = false
	return true
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

// receive receives an answer, and those that came with it, and gives them to their callers. If it
// fails it can be called again, and goes on where it was; it tells k how many bytes there should be,
// and what it is when they are others. It reports true if the Pipeline's goroutine, which watch says
// it is, no longer leads.
func (p *Pipeline) receive(k *call, watch bool) (ends bool, err error) {
	l, a := &p.large, &p.conn.ahead
	if l.want == 0 {
		n, id, err := p.receiveHeader(k)
		switch {
		case err != nil:
			return false, err
		case a.size() < frameHeader+n && !p.waitsFor(id):
			return false, p.mismatch(k, id)
		case frameHeader+n <= len(a.buf):
			if err := a.need(arrivals{p}, frameHeader+n); err != nil {
				return false, err
			}
			return p.deliverAll(k, watch)
		}
		a.r += frameHeader
		l.id, l.want, l.got = id, n, 0
	}
	l.payload, l.got, err = p.conn.fill(arrivals{p}, l.payload, l.got, l.want)
	if err != nil {
		return false, err
	}
	return p.deliverLarge(watch), nil
}

func (p *Pipeline) mismatch(k *call, id int32) error {
	k.want, k.failure = 0, ErrMismatchCorrelationID
	return fmt.Errorf("correlation id %d is of no request in flight", id)
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

// deliverAll delivers the answers that are in the buffer, of which there is one at least. Callers
// are told when all have theirs: they mostly ask again together, and one write takes the requests.
func (p *Pipeline) deliverAll(k *call, watch bool) (ends bool, err error) {
	p.mu.Lock()
	answered, err := p.fillAll(k)
	p.answered = answered[:0]
	if watch && len(answered) > 0 && p.endWatch() {
		ends, p.answered = true, nil // it belongs to the next who leads
	}
	writes := len(answered) > 1 && !p.writing
	p.writing = p.writing || writes
	p.mu.Unlock()
	for i, e := range answered {
		if writes && i == len(answered)-1 {
			go p.flush() // the scheduler runs it after those who were told before
		}
		e.done <- struct{}{}
	}
	return ends, err
}

// fillAll gives the answers that are in the buffer to their exchanges, and returns those whose callers
// are to be told. It fails if the first answers no request, and leaves a later one to the next call.
// p.mu is held.
func (p *Pipeline) fillAll(k *call) (answered []*exchange, err error) {
	a, answered := &p.conn.ahead, p.answered
	for first := true; a.hasFrame(); first = false {
		u := a.unread()
		n := int(int32(binary.BigEndian.Uint32(u)))
		if n < correlationIDSize || n > p.conn.options.MaxFrame {
			break // receiveHeader says what is wrong
		}
		id := int32(binary.BigEndian.Uint32(u[frameHeader:]))
		e, known := p.claim(id)
		if !known && first {
			return answered, p.mismatch(k, id)
		}
		if !known {
			break
		}
		if e != nil {
			e.dst = append(e.dst, u[frameHeader:frameHeader+n]...)
			answered = append(answered, e)
		}
		a.r += frameHeader + n
	}
	return answered, nil
}

// An incoming is an answer that is larger than the buffer. It outlives who leads, as the buffer
// does.
type incoming struct {
	id        int32
	payload   []byte
	got, want int // bytes of payload; want is 0 while there is no such answer
}

// deliverLarge hands over p.large, with its storage if the caller's is too small.
func (p *Pipeline) deliverLarge(watch bool) (ends bool) {
	l := &p.large
	p.mu.Lock()
	e, _ := p.claim(l.id)
	p.mu.Unlock()
	switch {
	case e == nil:
	case cap(e.dst) < l.want:
		e.dst, l.payload = l.payload, nil
	default:
		e.dst = append(e.dst, l.payload...)
	}
	if cap(l.payload) > keptBuffer {
		l.payload = nil
	}
	l.want = 0
	if e == nil {
		return false
	}
	if watch {
		p.mu.Lock()
		ends = p.endWatch()
		p.mu.Unlock()
	}
	e.done <- struct{}{}
	return ends
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
