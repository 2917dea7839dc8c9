package bridge

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// requestHead is the length of a request, its API key and version, in bytes.
	requestHead = 8
	// firstRoom is the size in bytes of a request's buffer before more than that has come.
	firstRoom = 4 << 10
	// frameTime is how long a client has for a frame, besides frameRate for its bytes.
	frameTime = 30 * time.Second
	// frameRate is the slowest rate in bytes per second.
	frameRate = 32 << 10
)

// takeRequests takes requests until the client has gone, or returns why the connection ends.
func (r *frameRelay) takeRequests() *tunnel.CloseError {
	for first := true; r.await(func() bool { return !r.frames.Full() }, nil); first = false {
		request, refusal := r.readRequest(first)
		if request != nil {
			refusal = r.takeRequest(request)
			r.client.GiveMemory(len(request))
		} else if refusal == nil {
			return nil
		}
		if refusal == errLapsed {
			r.finish()
		}
		if refusal != nil {
			return refusal
		}
	}
	return nil
}

// finish lets the broker answer what it was asked before the identity lapsed.
func (r *frameRelay) finish() {
	limit := time.NewTimer(answerLapse)
	defer limit.Stop()
	r.await(r.idle, limit.C)
}

// readRequest reads a request, without its length, and takes memory for its bytes. It returns nil if the
// client has gone.
func (r *frameRelay) readRequest(first bool) ([]byte, *tunnel.CloseError) {
	r.deadline(time.Time{})
	var head [requestHead]byte
	began := time.Time{}
	for got := 0; got < len(head); {
		n, err := r.client.Read(head[got:])
		if got += n; err != nil && got < len(head) {
			return nil, r.readError(err, "a Kafka request")
		}
		if got < len(head) && began.IsZero() {
			began = time.Now()
			r.deadline(began.Add(frameTime))
		}
	}
	size := int64(int32(binary.BigEndian.Uint32(head[:])))
	key, version := int16(binary.BigEndian.Uint16(head[4:])), int16(binary.BigEndian.Uint16(head[6:]))
	const handshake, tls = 22, 3 // RFC 8446 section 5.1
	switch {
	case first && head[0] == handshake && head[1] == tls:
		return nil, denied("%s", r.refuse)
	case size < requestHead: // after the length there is a correlation id at least
		return nil, denied("what came is no Kafka request: it has %d bytes", size)
	case size > int64(r.frames.Limit(key, version)):
		return nil, &tunnel.CloseError{Code: tunnel.CodeTooLarge, Reason: fmt.Sprintf("frame: a request %s of %d bytes, the bridge takes at most %d", apiName(key), size, r.frames.Limit(key, version))}
	}
	return r.readBody(head[4:], int(size), apiName(key))
}

func apiName(key int16) string {
	if kmsg.RequestForKey(key) != nil {
		return kmsg.NameForKey(key)
	}
	return fmt.Sprintf("of API %d", key)
}

// readBody reads the rest of a frame that begins with head. The buffer grows as bytes come.
func (r *frameRelay) readBody(head []byte, size int, what string) ([]byte, *tunnel.CloseError) {
	b := make([]byte, min(size, firstRoom))
	if !r.client.TakeMemory(len(b)) {
		return nil, errNoFrameMemory
	}
	hasDeadline := false
	for got := copy(b, head); got < size; {
		if got == len(b) {
			more := min(size, 2*len(b)) - len(b)
			if !r.client.TakeMemory(more) {
				r.client.GiveMemory(len(b))
				return nil, errNoFrameMemory
			}
			grown := make([]byte, len(b)+more)
			copy(grown, b)
			b = grown
		}
		n, err := r.client.Read(b[got:])
		if got += n; err != nil && got < size {
			r.client.GiveMemory(len(b))
			return nil, r.readError(err, what)
		}
		if got < size && !hasDeadline {
			hasDeadline = true
			r.deadline(time.Now().Add(frameTime + time.Duration(size)*time.Second/frameRate))
		}
	}
	return b, nil
}

var errNoFrameMemory = &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: tunnel.ReasonMemory + ": the bridge has none left for a frame"}

// readError returns why reading a request failed, or nil if the client has gone.
func (r *frameRelay) readError(err error, what string) *tunnel.CloseError {
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case !ok || !timeout.Timeout():
		return nil
	case r.lapse.Load():
		return errLapsed
	}
	return &tunnel.CloseError{Code: tunnel.CodeIdle, Reason: "frame: the client left " + what + " unfinished"}
}

// takeRequest passes a request on, or has it answered.
func (r *frameRelay) takeRequest(request []byte) *tunnel.CloseError {
	if r.broker.sasl.isDue() {
		if refusal := r.renew(); refusal != nil {
			return refusal
		}
	}
	if r.lapse.Load() {
		return errLapsed
	}
	toBroker, err := r.parse(request)
	if len(toBroker) > 0 {
		if r.asked.Load() == nil {
			now := time.Now()
			r.asked.Store(&now)
		}
		if _, err := r.broker.Write(toBroker); err != nil {
			limit := time.NewTimer(drainTime) // for answers that wait, and how the connection ended
			defer limit.Stop()
			r.await(func() bool { return false }, limit.C)
			return errBroke
		}
	}
	r.sendLocal()
	if err != nil {
		return closeErrorOf(err)
	}
	return nil
}

func (r *frameRelay) parse(request []byte) ([]byte, error) {
	ctx, frame, err := r.parsing.begin(r.ctx, len(request))
	if err != nil {
		return nil, err
	}
	defer frame.end()
	return r.frames.Request(ctx, request)
}

// closeErrorOf returns an error of frames as the close that it is.
func closeErrorOf(err error) *tunnel.CloseError {
	if e, ok := errors.AsType[*tunnel.CloseError](err); ok {
		return e
	}
	return denied("%s", causeText(err))
}

// renew authenticates anew, once the broker has answered all requests (KIP-368). Requests wait meanwhile.
func (r *frameRelay) renew() *tunnel.CloseError {
	if !r.await(r.idle, nil) {
		return nil
	}
	ctx, cancel := context.WithTimeout(r.ctx, maxStep)
	defer cancel()
	r.injecting.Store(true)
	defer r.injecting.Store(false)
	refusal := r.broker.sasl.authenticate(ctx, func(ctx context.Context, frame []byte) ([]byte, error) {
		if _, err := r.broker.Write(frame); err != nil {
			return nil, err
		}
		select {
		case answer := <-r.injected:
			return answer, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	if refusal != nil && r.ctx.Err() == nil {
		return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: refusal.Reason}
	}
	return nil
}
