package core

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"
)

// One goroutine at a time reads the stream and delivers all responses: it leads. p.reading is set
// while one does, and a goroutine that sets it must lead.
//
// A caller that finds nobody leading leads until it has its own response. So a lone caller reads its
// response itself, without a switch of goroutines. If other callers wait by then, watch leads, which
// is the Pipeline's own goroutine, until there is a lone caller again. Watch also leads while no
// caller does: it notices when an idle connection ends, and drops the responses of callers that have
// left.

const (
	// pipelineAhead is the size of the read buffer, in bytes. It holds 256 small responses.
	pipelineAhead = 32 << 10
	// watchPause is how long no caller must have led before watch does.
	watchPause = 10 * time.Millisecond
)

// watch leads when endLead asks it to, and while no caller does, until the connection is closed.
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

// takeIdle makes watch lead, if nobody leads and no caller has begun to since p.leads was before. If
// one caller has led all the time, takeIdle sets p.relieve, so that watch leads when that caller
// ends; again is then false, because watch needn't call takeIdle until then.
func (p *Pipeline) takeIdle(before int64) (leads int64, takes, again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	same := p.leads == before
	takes = same && !p.reading
	p.relieve = same && p.reading
	p.reading = p.reading || takes
	return p.leads, takes, !p.relieve
}

// takeLead makes the calling caller lead. It reports false if a goroutine leads already. p.mu is held.
func (p *Pipeline) takeLead() bool {
	if p.reading {
		return false
	}
	p.reading = true
	p.leads++
	return true
}

// lead reads responses and delivers each to its caller. It stops once own is answered, after it has
// delivered what is buffered. If own is nil, which is for watch, it stops once a lone caller is
// answered. It also stops when ctx ends or the connection breaks.
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

// endLead ends a caller's lead. Watch takes over if requests are in flight.
func (p *Pipeline) endLead() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reading = p.inFlight > 0 || p.relieve
	if p.reading {
		p.relieve = false
		p.takeOver <- struct{}{}
	}
}

// endWatch ends watch's lead if the caller just answered was alone, so that it can lead itself the
// next time. It reports whether it did. p.mu is held.
func (p *Pipeline) endWatch() bool {
	if p.inFlight > 0 || p.most > 1 {
		return false
	}
	p.reading = false
	return true
}

// armReceive sets the read deadline, in nanoseconds after epoch, and hooks the end of ctx to it.
func (p *Pipeline) armReceive(ctx context.Context, deadline int64) (int64, error) {
	var at time.Time
	if p.stall > 0 {
		at = p.epoch.Add(time.Duration(deadline))
	}
	return deadline, p.conn.receiving.arm(ctx, at)
}

// goOn is called when a read has timed out. If the connection isn't stalled, it sets the next
// deadline. Otherwise it returns timeout.
func (p *Pipeline) goOn(ctx context.Context, deadline int64, timeout error) (int64, error) {
	now := p.now()
	if p.stall == 0 || now < deadline { // it was not our deadline, but the transport's
		return deadline, timeout
	}
	next := p.stallsAt(now)
	if next <= now {
		return deadline, timeout
	}
	return p.armReceive(ctx, next)
}

// stallsAt returns when the connection counts as stalled, if nothing moves until then.
func (p *Pipeline) stallsAt(now int64) int64 {
	p.mu.Lock()
	idle, writing := p.inFlight == 0, p.writing
	p.mu.Unlock()
	switch {
	case idle:
		return now + int64(p.stall)
	case writing: // let the write fail first: its error says more
		return p.quiet.Load() + int64(p.stall+p.stall/10)
	}
	return p.quiet.Load() + int64(p.stall)
}

// receive reads a response and delivers it, with all that came in the same read. After a timeout it
// can be called again and continues. It sets k.want to the size of the response, and k.failure if
// that is no response to a request. watch says whether watch calls it; ends is true if watch's lead
// has ended.
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

// got returns how many bytes of the current response have come.
func (p *Pipeline) got(k *call) int {
	if p.large.want > 0 {
		return frameHeader + p.large.got
	}
	return min(p.conn.ahead.size(), max(k.want, frameHeader))
}

// correlationIDSize is the size of the ID at the start of a response, in bytes.
const correlationIDSize = 4

// receiveHeader reads a response's length and correlation ID, and leaves both in the buffer.
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

// deliverAll delivers the whole responses in the buffer, at least one. It wakes the callers only
// after it has copied all of them: most callers then send their next request, and one write takes
// all of these.
func (p *Pipeline) deliverAll(k *call, watch bool) (ends bool, err error) {
	p.mu.Lock()
	answered, err := p.fillAll(k)
	p.answered = answered[:0]
	if watch && len(answered) > 0 && p.endWatch() {
		ends, p.answered = true, nil // the next leader may use p.answered at once
	}
	writes := len(answered) > 1 && !p.writing
	p.writing = p.writing || writes
	p.mu.Unlock()
	for i, e := range answered {
		if writes && i == len(answered)-1 {
			go p.flush() // the scheduler runs it after the callers that were woken before
		}
		e.done <- struct{}{}
	}
	return ends, err
}

// fillAll copies the whole responses in the buffer to their exchanges, and returns the exchanges
// whose callers are to be woken. It fails if the first response belongs to no request. If a later one
// does not, fillAll leaves it to the next call. p.mu is held.
func (p *Pipeline) fillAll(k *call) (answered []*exchange, err error) {
	a, answered := &p.conn.ahead, p.answered
	for first := true; a.hasFrame(); first = false {
		u := a.unread()
		n := int(int32(binary.BigEndian.Uint32(u)))
		if n < correlationIDSize || n > p.conn.options.MaxFrame {
			break // the next receiveHeader returns the error
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

// An incoming is a response larger than the read buffer. Like the buffer, it passes from one leader
// to the next.
type incoming struct {
	id        int32
	payload   []byte
	got, want int // bytes of payload; want is 0 while there is no such response
}

// deliverLarge delivers p.large. If the caller's buffer is too small, it gets the payload's own.
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

// arrivals reads the stream, and restarts the stall timeout when bytes come.
type arrivals struct{ *Pipeline }

func (a arrivals) Read(b []byte) (int, error) {
	n, err := a.conn.stream.Read(b)
	if n > 0 {
		a.moved()
	}
	return n, err
}
