package core

import (
	"context"
	"encoding/binary"
	"runtime"
	"slices"
	"time"
)

// Requests are copied into a batch, which belongs to the Pipeline from then on: who called may
// leave at any time, and a request that is half sent has to be finished. So whoever has a context
// that can end hands the writing to a goroutine, unless it is sure not to wait. That goroutine
// lives while there is something to write.

// A batch is what goes out in one write.
type batch struct {
	bytes []byte
	posts []*exchange // which end when it is sent
}

// keptBuffer is the size of a buffer, in bytes, over which it isn't kept for later use.
const keptBuffer = 256 << 10

// add adds a request, with its length before it and its correlation id set.
func (b *batch) add(req []byte, id int32) {
	b.bytes = binary.BigEndian.AppendUint32(b.bytes, uint32(len(req)))
	start := len(b.bytes)
	b.bytes = append(b.bytes, req...)
	binary.BigEndian.PutUint32(b.bytes[start+4:], uint32(id))
}

// remove takes a request out.
func (b *batch) remove(e *exchange) {
	b.posts = slices.DeleteFunc(b.posts, func(post *exchange) bool { return post == e })
	for at := 0; at < len(b.bytes); {
		end := at + frameHeader + int(binary.BigEndian.Uint32(b.bytes[at:]))
		if int32(binary.BigEndian.Uint32(b.bytes[at+frameHeader+4:])) == e.id {
			b.bytes = slices.Delete(b.bytes, at, end)
			return
		}
		at = end
	}
}

func (b *batch) clear() {
	if cap(b.bytes) > keptBuffer {
		b.bytes = nil
	}
	clear(b.posts)
	b.bytes, b.posts = b.bytes[:0], b.posts[:0]
}

// takesAtOnce reports whether the caller may write what there is by itself: its context doesn't
// end, or the stream takes it without waiting, for the broker has answered all that was sent
// before. That saves a change of goroutine, which would double the time of a round trip on
// loopback. While others are in flight it is worth more that their requests go out together.
func (p *Pipeline) takesAtOnce(ctx context.Context) bool {
	return ctx.Done() == nil || !p.posted && len(p.next.bytes) <= p.conn.options.SendBuffer
}

// writeAll writes until there is nothing more to write.
func (p *Pipeline) writeAll() {
	// Those that are about to send come first, so that one write takes all their requests. It is
	// twice as fast with 16 callers.
	runtime.Gosched()
	for p.writeNext() {
	}
}

// writeNext writes what there is, and reports whether there is more. It is called by who has set
// p.writing, which it resets if there isn't.
func (p *Pipeline) writeNext() (more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.next
	p.next, p.spare = p.spare, batch{}
	p.batches++
	if p.failed == nil {
		p.mu.Unlock()
		p.write(b.bytes)
		p.mu.Lock()
	}
	p.endPosts(&b, p.failed)
	b.clear()
	p.spare = b
	p.writing = len(p.next.bytes) > 0
	return p.writing
}

// endPosts ends the posts of a batch. p.mu is held.
func (p *Pipeline) endPosts(b *batch, err error) {
	for _, e := range b.posts {
		p.end(e, err)
	}
}

// writePiece is how much is written at once, in bytes: a large request takes as long as it takes, if
// each piece of it goes through within the stall timeout.
const writePiece = 256 << 10

// write writes b, or fails the Pipeline.
func (p *Pipeline) write(b []byte) {
	begun := p.now()
	for done := 0; done < len(b); {
		err := p.armSend()
		if err == nil {
			var n int
			n, err = p.conn.write(b[done:min(done+writePiece, len(b))])
			done += n
		}
		if err != nil {
			k := p.conn.newSend(context.Background(), len(b))
			p.stallLimit(&k, begun)
			k.failed(done, err)
			p.fail()
			return
		}
		// Those that go through at once don't count: others may keep asking while nothing comes.
		if len(b) > writePiece || p.now()-begun > int64(p.stall/20) {
			begun = p.moved()
		}
	}
}

// armSend gives a write the stall timeout, and up to a twentieth more, so that the stream's
// deadline is set once in so long and not for each write.
func (p *Pipeline) armSend() error {
	if p.stall == 0 {
		return nil
	}
	now := time.Now()
	if p.sendDeadline.Sub(now) >= p.stall {
		return nil
	}
	p.sendDeadline = now.Add(p.stall + p.stall/20)
	return p.conn.sending.arm(context.Background(), p.sendDeadline)
}
