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
			request.free()
		} else if refusal == nil {
			return nil
		}
		if refusal == nil {
			continue
		}
		if r.lapsed.Err() != nil {
			r.finish()
		}
		return refusal
	}
	return nil
}

// lapse returns why a lapsed identity's connection ends.
func (r *frameRelay) lapse() *tunnel.CloseError { return closeErrorOf(context.Cause(r.lapsed)) }

// finish lets the broker answer what it was asked before the identity lapsed.
func (r *frameRelay) finish() {
	limit := time.NewTimer(lapseTime)
	defer limit.Stop()
	r.await(r.idle, limit.C)
	r.writing.Lock() // the last answer may be under way
	defer r.writing.Unlock()
	r.writeLocal()
}

// readRequest reads a request, without its length. It returns nil if the
// client has gone.
func (r *frameRelay) readRequest(first bool) (*frameBuffer, *tunnel.CloseError) {
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
	return r.readBody(head[4:], int(size), key)
}

func apiName(key int16) string {
	if kmsg.RequestForKey(key) != nil {
		return kmsg.NameForKey(key)
	}
	return fmt.Sprintf("of API %d", key)
}

// readBody reads the rest of a frame that begins with head.
func (r *frameRelay) readBody(head []byte, size int, key int16) (*frameBuffer, *tunnel.CloseError) {
	came := len(head) + r.client.Buffered()
	if came < size { // else nothing is waited for
		r.deadline(time.Now().Add(frameTime + time.Duration(size)*time.Second/frameRate))
	}
	b := &frameBuffer{memory: r.client, size: size, came: came}
	err := b.fill(func(p []byte) (int, error) {
		if len(head) > 0 {
			n := copy(p, head)
			head = head[n:]
			return n, nil
		}
		return r.client.ReadFull(p)
	})
	if err == nil {
		return b, nil
	}
	b.free()
	if err == errNoFrameMemory {
		return nil, errNoFrameMemory
	}
	return nil, r.readError(err, apiName(key))
}

// readError returns why reading a request failed, or nil if the client has gone.
func (r *frameRelay) readError(err error, what string) *tunnel.CloseError {
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case !ok || !timeout.Timeout():
		return nil
	case r.lapsed.Err() != nil:
		return r.lapse()
	}
	return &tunnel.CloseError{Code: tunnel.CodeIdle, Reason: "frame: the client left " + what + " unfinished"}
}

// takeRequest passes a request on, or has it answered.
func (r *frameRelay) takeRequest(request *frameBuffer) *tunnel.CloseError {
	var refusal *tunnel.CloseError
	if r.lapsed.Err() == nil && r.broker.sasl.isDue() {
		refusal = r.renew()
	}
	switch {
	case r.lapsed.Err() != nil: // which may be why there are no credentials
		return r.lapse()
	case refusal != nil:
		return refusal
	}
	toBroker, err := r.parse(request.data)
	if !request.replace(toBroker) || !r.count() {
		return errNoFrameMemory
	}
	if len(toBroker) > 0 {
		if r.asked.Load() == nil {
			now := time.Now()
			r.asked.Store(&now)
		}
		if err := r.send(toBroker); err != nil {
			limit := time.NewTimer(drainTime) // for answers that wait, and how the connection ended
			defer limit.Stop()
			r.await(func() bool { return false }, limit.C)
			return errBroke
		}
	}
	r.sendLocal()
	r.count() // less is held than before
	if err != nil {
		return closeErrorOf(err)
	}
	return nil
}

// send writes a frame to the broker, in one call where the connection can.
func (r *frameRelay) send(parts net.Buffers) (err error) {
	if len(parts) == 1 {
		_, err = r.broker.Write(parts[0])
	} else {
		_, err = parts.WriteTo(r.broker.Conn)
	}
	return err
}

func (r *frameRelay) parse(request []byte) (net.Buffers, error) {
	frame, err := r.parsing.begin(r.ctx, r.frames.Parsed(request))
	if err != nil {
		return nil, err
	}
	defer frame.end()
	return r.frames.Request(frame, request)
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
	next, refusal := r.broker.sasl.prepare(ctx)
	if refusal == nil {
		refusal = r.authenticate(ctx, next)
	}
	switch {
	case refusal == nil || r.ctx.Err() != nil:
		return nil
	case refusal.Code == tunnel.CodeDenied: // the user has no credentials any more
		return refusal
	default:
		return &tunnel.CloseError{Code: tunnel.CodeReset, Reason: refusal.Reason}
	}
}

// authenticate goes through an exchange. Until it returns, the broker's answers are for that.
func (r *frameRelay) authenticate(ctx context.Context, a authentication) *tunnel.CloseError {
	r.injecting.Store(true)
	defer r.injecting.Store(false)
	return r.broker.sasl.authenticate(ctx, a, func(ctx context.Context, frame []byte) ([]byte, error) {
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
}
