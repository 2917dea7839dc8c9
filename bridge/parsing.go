package bridge

import (
	"context"
	"runtime"

	"golang.org/x/sync/semaphore"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// parsing bounds what all connections parse at once, and counts it against the bridge's memory: a parsed
// frame can have a hundred times its bytes.
type parsing struct {
	frames *semaphore.Weighted
	bytes  *semaphore.Weighted
	paused *semaphore.Weighted // bytes of frames that wait for something
	most   int64               // bytes of bytes, and of paused
	memory *tunnel.Memory
}

// newParsing returns a parsing that takes a quarter of size bytes of memory, and another for frames that pause. A
// frame that takes more is parsed while no other is.
func newParsing(memory *tunnel.Memory, size int64) *parsing {
	return &parsing{
		frames: semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))),
		bytes:  semaphore.NewWeighted(size / 4),
		paused: semaphore.NewWeighted(size / 4),
		most:   size / 4,
		memory: memory,
	}
}

// A parsingFrame is a frame that is being parsed. It is a context for pauseParsing.
type parsingFrame struct {
	context.Context
	parsing *parsing
	bytes   int64 // that it takes at most while it is parsed
}

// begin waits until a frame that takes so many bytes may be parsed, or ctx ends. It returns errNoFrameMemory if
// the bridge has no room for them.
func (p *parsing) begin(ctx context.Context, bytes int) (*parsingFrame, error) {
	f := &parsingFrame{ctx, p, int64(bytes)}
	if err := f.acquire(ctx); err != nil {
		return nil, err
	}
	if !p.memory.Take(f.bytes) {
		f.release()
		return nil, errNoFrameMemory
	}
	return f, nil
}

// Value implements context.Context.
func (f *parsingFrame) Value(key any) any {
	if key == (parsingKey{}) {
		return f
	}
	return f.Context.Value(key)
}

func (f *parsingFrame) acquire(ctx context.Context) error {
	if err := f.parsing.bytes.Acquire(ctx, f.weight()); err != nil {
		return err
	}
	if err := f.parsing.frames.Acquire(ctx, 1); err != nil {
		f.parsing.bytes.Release(f.weight())
		return err
	}
	return nil
}

func (f *parsingFrame) weight() int64 { return min(f.bytes, f.parsing.most) }

func (f *parsingFrame) release() {
	f.parsing.frames.Release(1)
	f.parsing.bytes.Release(f.weight())
}

// end says that the frame is parsed.
func (f *parsingFrame) end() {
	f.release()
	f.parsing.memory.Give(f.bytes)
}

type parsingKey struct{}

// pauseParsing lets others parse while a frame of begin's context waits for something. It returns a function
// that waits until the frame may be parsed on, or reports false if too much waits already.
func pauseParsing(ctx context.Context) (resume func(), ok bool) {
	f, isParsed := ctx.Value(parsingKey{}).(*parsingFrame)
	if !isParsed {
		return func() {}, true
	}
	if !f.parsing.paused.TryAcquire(f.weight()) {
		return nil, false
	}
	f.release()
	return func() {
		f.acquire(context.Background()) // others only parse, which ends
		f.parsing.paused.Release(f.weight())
	}, true
}
