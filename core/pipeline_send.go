package core

import (
	"context"
	"encoding/binary"
	"runtime"
	"slices"
	"time"
)

// A request is copied into a batch, which the Pipeline owns: the caller may leave at any time, but a
// request that is partly sent must be completed. So a caller whose context can end doesn't write
// itself, unless the write is sure not to block. It starts a goroutine, which ends when there is
// nothing more to write.

// A batch is the requests that go out in one write.
type batch struct {
	bytes []byte
	posts []*exchange // the posts among them; they end when the batch is sent
}

// keptBuffer is the largest buffer, in bytes, that is kept for later use.
const keptBuffer = 256 << 10

// add appends a request, with its length before it and its correlation ID set.
func (b *batch) add(req []byte, id int32) {
	b.bytes = binary.BigEndian.AppendUint32(b.bytes, uint32(len(req)))
	start := len(b.bytes)
	b.bytes = append(b.bytes, req...)
	binary.BigEndian.PutUint32(b.bytes[start+4:], uint32(id))
}

// remove removes a request.
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

// takesAtOnce reports whether a lone caller may write the batch itself. It may if its context can't
// end. It also may if the batch fits the stream's send buffer, which is empty, because the broker has
// answered every request so far. That saves a switch of goroutines, which would double the time of a
// round trip on loopback. With several callers it is worth more to write their requests together.
func (p *Pipeline) takesAtOnce(ctx context.Context) bool {
	return ctx.Done() == nil || !p.posted && len(p.next.bytes) <= p.conn.options.SendBuffer
}

// writeAll writes until there is nothing more to write.
func (p *Pipeline) writeAll() {
	// Let callers that are about to send run first, so that one write takes all their requests. With
	// 16 callers that is twice as fast.
	runtime.Gosched()
	for p.writeNext() {
	}
}

// writeNext writes the next batch, and reports whether there is another. Only the goroutine that set
// p.writing calls it. If there is no other batch, it resets p.writing.
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

// writePiece is the size of one Write, in bytes. The stall timeout applies to each piece, so a large
// request may take as long as it needs while pieces go through.
const writePiece = 256 << 10

// write writes b. On an error it closes the connection and fails all exchanges.
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
		// A write that goes through at once is no progress: callers may keep sending small requests
		// while the broker answers none.
		if len(b) > writePiece || p.now()-begun > int64(p.stall/20) {
			begun = p.moved()
		}
	}
}

// armSend sets a write deadline between 1 and 1.05 times the stall timeout. The slack saves work: the
// deadline is set once in a twentieth of the stall timeout, and not for each write.
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
