package bridge

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/kafkaio/kafkaio/internal/filter"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// answerHead is the length of an answer and its correlation id, in bytes.
	answerHead = 8
	// maxRewritten is the largest answer in bytes that the bridge rewrites, and so holds as a whole.
	// Metadata of 100,000 partitions takes about 10 MB.
	maxRewritten = 64 << 20
	// answerAhead is the size in bytes of the buffer for what a broker sends. It holds most answers.
	answerAhead = 4 << 10
)

var errBroke = &tunnel.CloseError{Code: tunnel.CodeReset, Reason: "reset: the broker reset the connection"}

// takeAnswers passes the broker's answers on until it closes, and returns why the connection ends.
func (r *frameRelay) takeAnswers() *tunnel.CloseError {
	in := bufio.NewReaderSize(r.broker, answerAhead)
	for {
		head, err := in.Peek(answerHead)
		switch {
		case err == nil:
		case r.injecting.Load():
			return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: tunnel.ReasonSASL + ": the broker closed the connection while the bridge authenticated anew"}
		case len(head) == 0 && err == io.EOF:
			return &tunnel.CloseError{Code: tunnel.CodeNormal}
		default:
			return errBroke
		}
		size, id := int(int32(binary.BigEndian.Uint32(head))), int32(binary.BigEndian.Uint32(head[4:]))
		if size < answerHead-4 {
			return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: fmt.Sprintf("frame: the broker sent an answer of %d bytes, which is none of Kafka's", size)}
		}
		if r.injecting.Load() {
			err = r.takeInjected(in, size)
		} else {
			r.said.Store(true)
			err = r.passAnswer(in, id, size)
		}
		switch refusal, ok := errors.AsType[*tunnel.CloseError](err); {
		case ok:
			return refusal
		case err != nil:
			return errBroke
		}
	}
}

// takeInjected takes the answer to a request of the bridge's own.
func (r *frameRelay) takeInjected(in *bufio.Reader, size int) error {
	if size > maxSASLAnswer {
		return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: fmt.Sprintf("%s: the broker answered with %d bytes, at most %d were expected", tunnel.ReasonSASL, size, maxSASLAnswer)}
	}
	in.Discard(4)
	answer := make([]byte, size)
	if _, err := io.ReadFull(in, answer); err != nil {
		return err
	}
	select {
	case r.injected <- answer:
		return nil
	case <-r.taken: // it came too late
		return errBroke
	}
}

// passAnswer passes the next answer, and the local answers that wait behind it.
func (r *frameRelay) passAnswer(in *bufio.Reader, id int32, size int) error {
	if err := r.writeAnswer(in, id, size); err != nil {
		return err
	}
	if r.unsent.Load() {
		r.sendLocal()
	}
	r.count()
	select {
	case r.answered <- struct{}{}:
	default:
	}
	return nil
}

func (r *frameRelay) writeAnswer(in *bufio.Reader, id int32, size int) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	rewrite, err := r.frames.Response(id, size)
	switch {
	case err != nil:
		return closeErrorOf(err)
	case rewrite == nil:
		err = r.copyAnswer(in, size)
	default:
		err = r.rewriteAnswer(in, size, rewrite)
	}
	if err != nil {
		return err
	}
	r.frames.Done()
	r.writeLocal()
	return nil
}

// copyAnswer writes an answer as it comes: what is buffered, and then the rest straight from the broker.
func (r *frameRelay) copyAnswer(in *bufio.Reader, size int) error {
	left := 4 + size
	for left > 0 && in.Buffered() > 0 {
		part, _ := in.Peek(min(left, in.Buffered()))
		r.write(part)
		in.Discard(len(part))
		left -= len(part)
	}
	switch {
	case left == 0:
		return nil
	case r.deaf:
		_, err := in.Discard(left)
		return err
	}
	sent, err := r.client.SendFrom(&io.LimitedReader{R: r.broker.Conn, N: int64(left)})
	if err == nil && sent == int64(left) {
		return nil
	}
	// How much came of the answer is not known. The broker still gets what the client sent.
	r.deaf = true
	io.Copy(io.Discard, r.broker)
	return errBroke
}

// rewriteAnswer reads an answer as a whole and writes what rewrite makes of it.
func (r *frameRelay) rewriteAnswer(in *bufio.Reader, size int, rewrite filter.Rewrite) error {
	if size > maxRewritten {
		return &tunnel.CloseError{Code: tunnel.CodeTooLarge, Reason: fmt.Sprintf("frame: an answer of %d bytes, the bridge filters at most %d", size, maxRewritten)}
	}
	in.Discard(4)
	b := &frameBuffer{memory: r.client, size: size, came: min(size, in.Buffered())}
	defer b.free()
	if err := b.fill(func(p []byte) (int, error) { return io.ReadFull(in, p) }); err != nil {
		return err
	}
	frame, err := r.parsing.begin(r.ctx, filter.ParsedAnswer(size))
	if err != nil {
		return err
	}
	answer, err := rewrite(frame, b.data)
	frame.end()
	if err != nil {
		return closeErrorOf(err)
	}
	if !b.replace(net.Buffers{answer}) {
		return errNoFrameMemory
	}
	r.write(answer)
	return nil
}
