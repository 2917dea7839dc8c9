package bridge

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkaio/kafkaio/internal/filter"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A frameClient is the client's end of a connection whose frames the bridge looks at: a *tunnel.Stream, or a
// raw session.
type frameClient interface {
	// Read returns an error once the client has gone, and has sent no more.
	Read(p []byte) (int, error)
	// ReadFull is Read until p is full.
	ReadFull(p []byte) (int, error)
	// Buffered returns how many bytes Read returns without waiting.
	Buffered() int
	Write(p []byte) (int, error)
	// SendFrom copies what an *io.LimitedReader has, and returns nil at its end. No Write runs beside it.
	SendFrom(r io.Reader) (int64, error)
	SetReadDeadline(t time.Time) error
	// OnDone calls f in a goroutine of its own once either end has closed.
	OnDone(f func())
	// Ended reports whether the client closed.
	Ended() bool
	CloseWith(code tunnel.Code, reason string) error
	TakeMemory(n int) bool
	GiveMemory(n int)
}

// frames decides what becomes of the frames of one connection. Package filter says what each method does.
type frames interface {
	Limit(key, version int16) int
	Parsed(request []byte) int
	Request(ctx context.Context, request []byte) (toBroker net.Buffers, err error)
	Full() bool
	Held() int
	Pending() int
	Response(correlationID int32, size int) (rewrite filter.Rewrite, err error)
	Done()
	Local() []byte
}

// A frameRelay carries the frames of one connection between a client and a broker. One goroutine takes
// requests, another takes answers.
type frameRelay struct {
	client  frameClient
	broker  *connection
	frames  frames
	parsing *parsing
	refuse  string          // why the client can't speak TLS
	lapsed  context.Context // ended: no request is taken any more. Its cause, a *tunnel.CloseError, says why.

	isLimited bool // the client has a deadline

	ctx      context.Context // ends with the relay
	answered chan struct{}   // holds a token if something was answered
	taken    chan struct{}   // closed when no request comes any more

	counting sync.Mutex
	counted  int // bytes of memory that the frames take

	asked atomic.Pointer[time.Time] // when the first request went to the broker
	said  atomic.Bool               // the broker has answered

	// writing is held while something is written to the client. unsent says that the frames may have a
	// local answer: who holds writing looks for it after letting go.
	writing sync.Mutex
	unsent  atomic.Bool
	deaf    bool // the client takes nothing any more

	injecting atomic.Bool // the broker's next answer is for the bridge
	injected  chan []byte
}

// run carries frames until either side closes, and closes both. It reports whether the broker got a request
// and answered nothing.
func (r *frameRelay) run() (silent bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r.ctx = ctx
	r.answered = make(chan struct{}, 1)
	r.taken = make(chan struct{})
	r.injected = make(chan []byte)

	var running sync.WaitGroup
	// The end of the identity interrupts the reading of requests.
	defer context.AfterFunc(r.lapsed, func() { r.client.SetReadDeadline(time.Now()) })()
	running.Go(func() {
		defer close(r.taken)
		if refusal := r.takeRequests(); refusal != nil {
			r.client.CloseWith(refusal.Code, refusal.Reason)
		}
		r.broker.Close()
	})
	var gone time.Time // when the client had gone
	closed := make(chan struct{})
	r.client.OnDone(func() {
		defer close(closed)
		if r.client.Ended() { // what it sent is still delivered
			gone = time.Now()
			limit := time.NewTimer(drainTime)
			defer limit.Stop()
			select {
			case <-r.taken:
			case <-limit.C:
			}
		}
		r.broker.Close()
	})
	ended := r.takeAnswers()
	cancel()
	r.client.CloseWith(ended.Code, ended.Reason) // unless it is closed
	running.Wait()
	<-closed
	r.client.GiveMemory(r.counted)
	asked := r.asked.Load()
	return !r.said.Load() && asked != nil && (gone.IsZero() || gone.Sub(*asked) >= answerTime)
}

// deadline sets when the client's next bytes must have come; zero: any time.
func (r *frameRelay) deadline(t time.Time) {
	if t.IsZero() && !r.isLimited {
		return
	}
	r.isLimited = !t.IsZero()
	r.client.SetReadDeadline(t)
	if r.lapsed.Err() != nil { // it ended just before
		r.client.SetReadDeadline(time.Now())
	}
}

// await waits until done reports true, which it may do whenever something was answered. It reports false if
// the relay ends first, or limit comes.
func (r *frameRelay) await(done func() bool, limit <-chan time.Time) bool {
	for !done() {
		select {
		case <-r.answered:
		case <-limit:
			return false
		case <-r.ctx.Done():
			return false
		}
	}
	return true
}

// count takes or gives back memory for what the frames hold, and reports false if there is none.
func (r *frameRelay) count() bool {
	r.counting.Lock()
	defer r.counting.Unlock()
	more := r.frames.Held() - r.counted
	if more > 0 && !r.client.TakeMemory(more) {
		return false
	}
	if more < 0 {
		r.client.GiveMemory(-more)
	}
	r.counted += more
	return true
}

// idle reports whether the broker has no request to answer.
func (r *frameRelay) idle() bool { return r.frames.Pending() == 0 }

// sendLocal writes the frames' own answers whose turn it is. If somebody else writes, that does it after.
func (r *frameRelay) sendLocal() {
	r.unsent.Store(true)
	for r.unsent.Load() && r.writing.TryLock() {
		r.writeLocal()
		r.writing.Unlock()
	}
}

// writeLocal is sendLocal for who holds writing.
func (r *frameRelay) writeLocal() {
	r.unsent.Store(false)
	if local := r.frames.Local(); len(local) > 0 {
		r.write(local)
	}
}

// write writes to the client. Its caller holds writing. Once the client has gone answers are dropped, since
// the broker still gets what the client sent.
func (r *frameRelay) write(p []byte) {
	if r.deaf {
		return
	}
	if _, err := r.client.Write(p); err != nil {
		r.deaf = true
	}
}
