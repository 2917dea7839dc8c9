package bridge

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

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
	// copyRoom is the size in bytes of the pieces in which larger answers pass.
	copyRoom = 64 << 10
)

var errBroke = &tunnel.CloseError{Code: tunnel.CodeReset, Reason: "reset: the broker reset the connection"}

// takeAnswers passes the broker's answers on until it closes, and returns why the connection ends.
func (r *frameRelay) takeAnswers() *tunnel.CloseError {
	in := bufio.NewReaderSize(r.broker, answerAhead)
	for {
		var head [answerHead]byte
		n, err := io.ReadFull(in, head[:])
		if err != nil && r.injecting.Load() {
			return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: tunnel.ReasonSASL + ": the broker closed the connection while the bridge authenticated anew"}
		} else if n == 0 && err == io.EOF {
			return &tunnel.CloseError{Code: tunnel.CodeNormal}
		} else if err != nil {
			return errBroke
		}
		size := int(int32(binary.BigEndian.Uint32(head[:])))
		if size < answerHead-4 {
			return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: fmt.Sprintf("frame: the broker sent an answer of %d bytes, which is none of Kafka's", size)}
		}
		if r.injecting.Load() {
			err = r.takeInjected(in, head, size)
		} else {
			r.said.Store(true)
			err = r.passAnswer(in, head, size)
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
func (r *frameRelay) takeInjected(in *bufio.Reader, head [answerHead]byte, size int) error {
	if size > maxSASLAnswer {
		return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: fmt.Sprintf("%s: the broker answered with %d bytes, at most %d were expected", tunnel.ReasonSASL, size, maxSASLAnswer)}
	}
	answer := make([]byte, size)
	n := copy(answer, head[4:])
	if _, err := io.ReadFull(in, answer[n:]); err != nil {
		return err
	}
	select {
	case r.injected <- answer:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// passAnswer passes an answer of which head was read, and the local answers that wait behind it.
func (r *frameRelay) passAnswer(in *bufio.Reader, head [answerHead]byte, size int) error {
	if err := r.writeAnswer(in, head, size); err != nil {
		return err
	}
	if r.unsent.Load() {
		r.sendLocal()
	}
	select {
	case r.answered <- struct{}{}:
	default:
	}
	return nil
}

func (r *frameRelay) writeAnswer(in *bufio.Reader, head [answerHead]byte, size int) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	rewrite, err := r.frames.Response(int32(binary.BigEndian.Uint32(head[4:])), size)
	switch {
	case err != nil:
		return closeErrorOf(err)
	case rewrite == nil:
		err = r.copyAnswer(in, head, size)
	default:
		err = r.rewriteAnswer(in, head, size, rewrite)
	}
	if err != nil {
		return err
	}
	r.frames.Done()
	r.writeLocal()
	return nil
}

var copyBuffers = sync.Pool{New: func() any { return new([copyRoom]byte) }}

// copyAnswer writes an answer as it comes.
func (r *frameRelay) copyAnswer(in *bufio.Reader, head [answerHead]byte, size int) error {
	b := copyBuffers.Get().(*[copyRoom]byte)
	defer copyBuffers.Put(b)
	held := copy(b[:], head[:])
	for left := size + 4 - answerHead; ; {
		// What a Read brings goes out at once, except for a piece that is sure to grow.
		for left > 0 && (in.Buffered() > 0 || held <= answerHead) && held < len(b) {
			n, err := in.Read(b[held:min(len(b), held+left)])
			held, left = held+n, left-n
			if err != nil {
				return err
			}
		}
		r.write(b[:held])
		if held = 0; left == 0 {
			return nil
		}
	}
}

// rewriteAnswer reads an answer as a whole and writes what rewrite makes of it.
func (r *frameRelay) rewriteAnswer(in *bufio.Reader, head [answerHead]byte, size int, rewrite func([]byte) ([]byte, error)) error {
	if size > maxRewritten {
		return &tunnel.CloseError{Code: tunnel.CodeTooLarge, Reason: fmt.Sprintf("frame: an answer of %d bytes, the bridge filters at most %d", size, maxRewritten)}
	}
	b := make([]byte, min(size, copyRoom))
	if !r.client.TakeMemory(len(b)) {
		return errNoFrameMemory
	}
	defer func() { r.client.GiveMemory(len(b)) }()
	for got := copy(b, head[4:]); got < size; {
		if got == len(b) {
			more := min(size, 2*len(b)) - len(b)
			if !r.client.TakeMemory(more) {
				return errNoFrameMemory
			}
			grown := make([]byte, len(b)+more)
			copy(grown, b)
			b = grown
		}
		n, err := in.Read(b[got:])
		if got += n; err != nil && got < size {
			return err
		}
	}
	_, frame, err := r.parsing.begin(r.ctx, size)
	if err != nil {
		return err
	}
	answer, err := rewrite(b)
	frame.end()
	if err != nil {
		return closeErrorOf(err)
	}
	r.write(answer)
	return nil
}
