package bridge

import (
	"context"
	"runtime"

	"golang.org/x/sync/semaphore"
)

// parsing bounds what all connections parse at once: a parsed frame can cost 24 times its bytes, if it
// consists of empty topics.
type parsing struct {
	frames *semaphore.Weighted
	bytes  *semaphore.Weighted
}

// parsingBytes is how many bytes of frames are parsed at once. A larger frame is parsed while no other is.
const parsingBytes = 16 << 20

func newParsing() *parsing {
	return &parsing{
		frames: semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))),
		bytes:  semaphore.NewWeighted(parsingBytes),
	}
}

// A parsingFrame is a frame that is being parsed. It is a context for pauseParsing.
type parsingFrame struct {
	context.Context
	parsing *parsing
	bytes   int64
}

// begin waits until a frame of so many bytes may be parsed, or ctx ends.
func (p *parsing) begin(ctx context.Context, size int) (*parsingFrame, error) {
	f := &parsingFrame{ctx, p, min(int64(size), parsingBytes)}
	if err := f.acquire(ctx); err != nil {
		return nil, err
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
	if err := f.parsing.bytes.Acquire(ctx, f.bytes); err != nil {
		return err
	}
	if err := f.parsing.frames.Acquire(ctx, 1); err != nil {
		f.parsing.bytes.Release(f.bytes)
		return err
	}
	return nil
}

// end says that the frame is parsed.
func (f *parsingFrame) end() {
	f.parsing.frames.Release(1)
	f.parsing.bytes.Release(f.bytes)
}

type parsingKey struct{}

// pauseParsing lets others parse while a frame of begin's context waits for something. It returns a function
// that waits until the frame may be parsed on.
func pauseParsing(ctx context.Context) (resume func()) {
	f, ok := ctx.Value(parsingKey{}).(*parsingFrame)
	if !ok {
		return func() {}
	}
	f.end()
	return func() { f.acquire(context.Background()) } // others only parse, which ends
}
