package wasmhost

import (
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// maxSubscriptions bounds a call of poll_oneoff. The Go runtime subscribes to at most 65,535 events.
const maxSubscriptions = 1 << 16

// pollOneoff implements the WASI function poll_oneoff(in, out, nsubscriptions, nevents). It waits
// until an event has occurred, and returns all that have. Descriptors other than sockets are always
// ready, as files are for poll(2).
//
// wazero's own poll_oneoff reports every non-blocking descriptor as readable, and doesn't support
// waiting until one is writable.
func pollOneoff(ctx context.Context, mod api.Module, stack []uint64) {
	n := ctx.Value(networkKey{}).(*network)
	in, out := api.DecodeU32(stack[0]), api.DecodeU32(stack[1])
	count, result := api.DecodeU32(stack[2]), api.DecodeU32(stack[3])
	stack[0] = uint64(n.poll(ctx, mod.Memory(), in, out, count, result))
}

// poll checks the guest's pointers, and waits.
func (n *network) poll(ctx context.Context, mem api.Memory, in, out, count, result uint32) wasiErrno {
	if count == 0 || count > maxSubscriptions {
		return wasiEINVAL
	}
	subscriptions, ok := mem.Read(in, count*subscriptionSize)
	if !ok {
		return wasiEFAULT
	}
	events, ok := mem.Read(out, count*eventSize)
	if !ok || !mem.WriteUint32Le(result, 0) {
		return wasiEFAULT
	}
	answered, errno := n.await(ctx, subscriptions, events)
	if errno == wasiSuccess {
		mem.WriteUint32Le(result, answered)
	}
	return errno
}

// await waits for events and returns how many it wrote: at least one, unless there is an error.
func (n *network) await(ctx context.Context, subscriptions, events []byte) (uint32, wasiErrno) {
	timeout, errno := shortestTimeout(subscriptions)
	if errno != wasiSuccess {
		return 0, errno
	}
	start := time.Now()
	for {
		elapsed := time.Since(start)
		if answered := n.answer(subscriptions, events, elapsed); answered > 0 {
			return answered, wasiSuccess
		}
		n.timer.Reset(timeout - elapsed)
		select {
		case <-n.wake:
		case <-n.timer.C:
		case <-ctx.Done():
			return 0, wasiEINTR // the guest stops at its next check
		case <-n.ctx.Done():
			return 0, wasiEINTR
		}
	}
}

// shortestTimeout returns the earliest time of a clock event, and an error if a subscription is
// invalid.
func shortestTimeout(subscriptions []byte) (time.Duration, wasiErrno) {
	timeout := time.Duration(math.MaxInt64)
	for b := subscriptions; len(b) > 0; b = b[subscriptionSize:] {
		s, errno := parseSubscription(b)
		if errno != wasiSuccess {
			return 0, errno
		}
		if s.kind == clockEvent {
			timeout = min(timeout, s.timeout)
		}
	}
	return timeout, wasiSuccess
}

// answer writes an event for each subscription that is due, and returns how many.
func (n *network) answer(subscriptions, events []byte, elapsed time.Duration) uint32 {
	answered := uint32(0)
	for b := subscriptions; len(b) > 0; b = b[subscriptionSize:] {
		s, errno := parseSubscription(b)
		if errno != wasiSuccess || !n.due(s, elapsed) {
			continue // an errno here: the guest has events overwrite its subscriptions
		}
		putEvent(events[answered*eventSize:], s)
		answered++
	}
	return answered
}

func (n *network) due(s subscription, elapsed time.Duration) bool {
	if s.kind == clockEvent {
		return elapsed >= s.timeout
	}
	socket := n.lookup(s.fd)
	return socket == nil || socket.ready(s.kind == writeEvent)
}

// Sizes in bytes and numbers of WASI preview 1:
// https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#-subscription-record
const (
	subscriptionSize = 48
	eventSize        = 32

	clockEvent = 0
	readEvent  = 1
	writeEvent = 2
)

// subscription is one event that a guest waits for.
type subscription struct {
	userdata [8]byte
	kind     byte
	fd       int32         // for a readEvent or writeEvent
	timeout  time.Duration // for a clockEvent, from the start of the call
}

// parseSubscription reads the first subscriptionSize bytes of b.
func parseSubscription(b []byte) (subscription, wasiErrno) {
	s := subscription{userdata: [8]byte(b), kind: b[8]}
	switch s.kind {
	case clockEvent:
		if flags := binary.LittleEndian.Uint16(b[40:]); flags != 0 {
			return s, wasiENOTSUP // an absolute time, which the Go runtime doesn't use
		}
		s.timeout = time.Duration(min(binary.LittleEndian.Uint64(b[24:]), math.MaxInt64))
	case readEvent, writeEvent:
		s.fd = int32(binary.LittleEndian.Uint32(b[16:]))
	default:
		return s, wasiEINVAL
	}
	return s, wasiSuccess
}

// putEvent writes the eventSize bytes that answer s.
func putEvent(b []byte, s subscription) {
	clear(b[:eventSize])
	copy(b, s.userdata[:])
	b[10] = s.kind
}
